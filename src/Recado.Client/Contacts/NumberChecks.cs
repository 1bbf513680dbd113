using Recado.Client.Connection;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Users;

namespace Recado.Client.Contacts;

/// <summary>
/// Asks whether phone numbers have WhatsApp. Asking much gets accounts banned, so answers are kept, questions of many callers travel
/// together, and there is one query a second at most. Thread-safe.
/// </summary>
internal sealed class NumberChecks(DeviceState state, LiveConnection live, TimeProvider time) : IDisposable
{
    private const int BatchSize = 20;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1), KeepFound = TimeSpan.FromDays(3), KeepMissing = TimeSpan.FromHours(3);

    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly Lock _lock = new();
    private readonly List<Question> _waiting = [];
    private long? _lastQueryAt;

    /// <summary>What is known of the numbers, in their order, asking for what is not.</summary>
    public async Task<IReadOnlyList<NumberStatus>> CheckAsync(IReadOnlyList<string> numbers, CancellationToken ct)
    {
        var known = await ReadAsync(numbers, ct).ConfigureAwait(false);
        var asked = Enqueue(numbers.Where(number => !known.ContainsKey(number)).Distinct());
        try
        {
            while (asked.Exists(question => !question.Answer.IsCompleted))
                await AskNextAsync(ct).ConfigureAwait(false);
            foreach (var question in asked)
                known[question.Number] = await question.Answer.ConfigureAwait(false);
        }
        finally
        {
            Leave(asked);
        }

        return [.. numbers.Select(number => known[number])];
    }

    public void Dispose() => _asking.Dispose();

    private async ValueTask<Dictionary<string, NumberStatus>> ReadAsync(IReadOnlyList<string> numbers, CancellationToken ct)
    {
        var known = new Dictionary<string, NumberStatus>();
        using var device = await state.BeginNowAsync(ct).ConfigureAwait(false);
        foreach (var number in numbers.Distinct())
        {
            var data = await device.ReadAsync(Keys.NumberStatus(number), ct).ConfigureAwait(false);
            if (NumberStatus.Parse(number, data, time.GetUtcNow()) is { } status)
                known[number] = status;
        }

        return known;
    }

    private List<Question> Enqueue(IEnumerable<string> numbers)
    {
        lock (_lock)
        {
            var asked = new List<Question>();
            foreach (var number in numbers)
            {
                if (_waiting.Find(question => question.Number == number) is not { } question)
                    _waiting.Add(question = new(number));
                question.Askers++;
                asked.Add(question);
            }

            return asked;
        }
    }

    /// <summary>A question that nobody waits for any more is not asked.</summary>
    private void Leave(List<Question> asked)
    {
        lock (_lock)
        {
            foreach (var question in asked)
                question.Askers--;
            _waiting.RemoveAll(question => question.Askers == 0);
        }
    }

    /// <summary>One query, with whatever waits for it: the caller's own questions may be among it or may follow.</summary>
    private async Task AskNextAsync(CancellationToken ct)
    {
        await _asking.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await PaceAsync(ct).ConfigureAwait(false);
            List<Question> batch;
            lock (_lock)
                batch = [.. _waiting.Take(BatchSize)];
            if (batch.Count == 0)
                return;

            _lastQueryAt = time.GetTimestamp();
            try
            {
                var answers = await AskAsync([.. batch.Select(question => question.Number)], ct).ConfigureAwait(false);
                Settle(batch, question => question.Complete(answers[question.Number]));
            }
            catch (RecadoException cause)
            {
                Settle(batch, question => question.Fail(cause));
            }
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task PaceAsync(CancellationToken ct)
    {
        if (_lastQueryAt is { } last && Interval - time.GetElapsedTime(last) is var left && left > TimeSpan.Zero && HasWaiting())
            await Task.Delay(left, time, ct).ConfigureAwait(false);
    }

    private bool HasWaiting()
    {
        lock (_lock)
            return _waiting.Count > 0;
    }

    private void Settle(List<Question> batch, Action<Question> settle)
    {
        lock (_lock)
            _waiting.RemoveAll(batch.Contains);
        batch.ForEach(settle);
    }

    private async Task<Dictionary<string, NumberStatus>> AskAsync(IReadOnlyList<string> numbers, CancellationToken ct)
    {
        var connection = live.Require();
        var answer = await connection
            .RequestAsync(id => UserQuery.OfPhoneNumbers(id, connection.NextId(), numbers, UserFacts.Lid | UserFacts.Business), ct)
            .ConfigureAwait(false);
        if (answer.Child("usync")?.Child("result")?.Child("contact")?.Child("error") is { } error)
            throw new RequestRefusedException((int)Math.Clamp(error.NumberOf("code") ?? 0, 0, int.MaxValue), error["text"]);

        var found = UserQuery.Parse(answer).Where(user => user.Asked is not null).ToLookup(user => user.Asked!.Split('@')[0].TrimStart('+'));
        var statuses = new Dictionary<string, NumberStatus>();
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        foreach (var number in numbers)
        {
            var user = found[number].FirstOrDefault();
            var status = StatusOf(number, user);
            await device.LearnAsync(status.PhoneNumber, status.Lid, ct).ConfigureAwait(false);
            statuses[number] = status;
            if (user?.Exists is null)
                continue; // unknown rather than absent, so it is not kept

            var until = time.GetUtcNow() + (status.IsOnWhatsApp ? KeepFound : KeepMissing);
            device.Put(Keys.NumberStatus(number), status.Serialize(until), expiresAt: until);
        }

        if (!device.Changes.IsEmpty)
            device.Publish();
        return statuses;
    }

    private static NumberStatus StatusOf(string number, UserAnswer? user)
    {
        if (user is not { Exists: true, Jid: { } jid })
            return new(number, null, null);

        Jid?[] names = [jid.ToUser(), user.OtherName?.ToUser()];
        return new(number, Array.Find(names, name => name?.IsPhoneNumber == true), Array.Find(names, name => name?.IsLid == true))
        {
            IsBusiness = user.VerifiedName is not null,
            VerifiedName = user.VerifiedName is { } certificate ? VerifiedName.Read(certificate)?.ReplaceLineEndings(" ") : null,
        };
    }

    private sealed class Question(string number)
    {
        private readonly TaskCompletionSource<NumberStatus> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Number { get; } = number;

        public int Askers { get; set; }

        public Task<NumberStatus> Answer => _answer.Task;

        public void Complete(NumberStatus status) => _answer.TrySetResult(status);

        public void Fail(Exception cause) => _answer.TrySetException(cause);
    }
}
