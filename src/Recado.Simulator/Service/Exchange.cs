using System.Globalization;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;
using Recado.Simulator.Media;
using Recado.Simulator.Service.Groups;
using Recado.Simulator.Trace;

namespace Recado.Simulator.Service;

/// <summary>
/// The centre of the service: one lock over all accounts, devices and phones. Stanzas are handled to the end under it, with no I/O;
/// what phones do in answer runs after the stanza that caused it, still under the lock, so that a trace reads in one order.
/// </summary>
internal sealed class Exchange
{
    private readonly Lock _gate = new();
    private readonly Queue<Action> _later = new();
    private bool _draining;

    public Exchange(SimulatorOptions options)
    {
        Options = options;
        Trace = new ServiceTrace(options.TraceCapacity, options.Time);
        PreKeys = new PreKeyDesk(this);
        Delivery = new Delivery(this);
        Receipts = new ReceiptRouter(this);
        Messages = new MessageRouter(this);
        GroupRequests = new GroupDesk(this, Groups);
        GroupMessages = new GroupMessages(this);
        GroupPictures = new GroupPictures(this);
        Presences = new PresenceRouter(this);
        Devices = new DeviceRegistry(this);
        Pairing = new PairingDesk(this);
        Visibility = new Visibility(this);
        Changes = new ChangeNotices(this);
        Pictures = new PictureDesk(this);
        Profiles = new ProfileDesk(this);
        Blocks = new BlockDesk(this);
        Privacy = new PrivacyDesk(this);
        Calls = new CallDesk(this);
        AppState = new AppStateDesk(this);
        Queries = new QueryDesk(this);
    }

    public SimulatorOptions Options { get; }

    public ServiceTrace Trace { get; }

    public FaultPlan Faults { get; } = new();

    public AccountDirectory Accounts { get; } = new();

    public PreKeyDesk PreKeys { get; }

    public Delivery Delivery { get; }

    public ReceiptRouter Receipts { get; }

    public MessageRouter Messages { get; }

    public GroupDirectory Groups { get; } = new();

    public GroupDesk GroupRequests { get; }

    public GroupMessages GroupMessages { get; }

    public GroupPictures GroupPictures { get; }

    public PresenceRouter Presences { get; }

    public DeviceRegistry Devices { get; }

    public PairingDesk Pairing { get; }

    public Visibility Visibility { get; }

    public ChangeNotices Changes { get; }

    public PictureDesk Pictures { get; }

    public ProfileDesk Profiles { get; }

    public BlockDesk Blocks { get; }

    public PrivacyDesk Privacy { get; }

    public CallDesk Calls { get; }

    public AppStateDesk AppState { get; }

    public QueryDesk Queries { get; }

    /// <summary>The media host. Set once, at start.</summary>
    public MediaHost Media { get; set; } = null!;

    public IRandomSource Random => Options.Random;

    /// <summary>Makes the present state durable; called where a crash must not undo what a client was told. Set once, at start.</summary>
    public Action Checkpoint { get; set; } = () => { };

    /// <summary>Rises with every change that a restarted service must know.</summary>
    public long Version { get; private set; }

    public DateTimeOffset Now => Options.Time.GetUtcNow();

    /// <summary>The present as the <c>t</c> of a stanza: Unix seconds.</summary>
    public string NowText => Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Runs an action under the lock, and then whatever it put off.</summary>
    public T Run<T>(Func<T> action)
    {
        lock (_gate)
        {
            // Before and after: a checkpoint inside the action must be told from the state before it and from the one it ends in.
            Version++;
            try
            {
                return action();
            }
            finally
            {
                Drain();
                Version++;
            }
        }
    }

    /// <inheritdoc cref="Run{T}(Func{T})"/>
    public void Run(Action action) => Run(() =>
    {
        action();
        return true;
    });

    /// <summary>Reads under the lock.</summary>
    public T Read<T>(Func<T> query)
    {
        lock (_gate)
            return query();
    }

    /// <summary>Puts an action off until the present one has ended.</summary>
    public void Later(Action action) => _later.Enqueue(action);

    /// <summary>A fresh stanza id of the service.</summary>
    public string NewId() => Convert.ToHexString(Random.Bytes(8));

    private void Drain()
    {
        if (_draining)
            return;

        _draining = true;
        try
        {
            while (_later.TryDequeue(out var action))
            {
                action();
            }
        }
        finally
        {
            _draining = false;
        }
    }
}
