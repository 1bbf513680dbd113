using System.Globalization;
using Recado.Protocol;

namespace Recado.Simulator.Accounts;

/// <summary>The accounts, found by either name. Guarded by the exchange's lock.</summary>
internal sealed class AccountDirectory
{
    private readonly SortedDictionary<string, Account> _byPhone = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Account> _byLid = [];

    public IReadOnlyCollection<Account> All => _byPhone.Values;

    public void Add(Account account)
    {
        _byPhone.Add(account.Phone, account);
        _byLid.Add(account.Lid, account);
    }

    public bool HasLid(string lid) => _byLid.ContainsKey(lid);

    public Account? ByPhone(string phone) => _byPhone.GetValueOrDefault(phone);

    /// <summary>The account a user or device JID belongs to.</summary>
    public Account? Find(Jid jid) =>
        jid.IsLid ? _byLid.GetValueOrDefault(jid.User) : jid.IsPhoneNumber ? _byPhone.GetValueOrDefault(jid.User) : null;

    /// <summary>The device that a text such as <c>5511900000001:2</c> names.</summary>
    public Device? FindDevice(string name) =>
        name.Split(':') is [var phone, var number] && ushort.TryParse(number, CultureInfo.InvariantCulture, out var device)
            ? ByPhone(phone)?.Devices.GetValueOrDefault(device)
            : null;

    public Device? FindDevice(Jid jid) => Find(jid)?.Devices.GetValueOrDefault(jid.Device);
}
