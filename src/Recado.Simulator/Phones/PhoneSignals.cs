namespace Recado.Simulator.Phones;

/// <summary>Somebody writes, records or pauses, as the phone saw it.</summary>
/// <param name="From">JID of who does.</param>
/// <param name="State"><c>composing</c>, <c>recording</c> or <c>paused</c>.</param>
/// <param name="At">When the phone heard of it.</param>
public sealed record PhoneChatState(string From, string State, DateTimeOffset At);

/// <summary>Somebody came or went, as the phone saw it.</summary>
/// <param name="From">JID of who did.</param>
/// <param name="IsAvailable">Whether they are there.</param>
/// <param name="LastSeen">When they last were, if they tell.</param>
/// <param name="At">When the phone heard of it.</param>
public sealed record PhonePresence(string From, bool IsAvailable, DateTimeOffset? LastSeen, DateTimeOffset At);

/// <summary>News of a call, as the phone heard it.</summary>
/// <param name="CallId">Which call.</param>
/// <param name="Signal"><c>offer</c>, <c>accept</c>, <c>reject</c> or <c>terminate</c>.</param>
/// <param name="From">JID of the device that says so.</param>
/// <param name="Creator">JID of the caller.</param>
/// <param name="Reason">Why it ended, such as <c>rejected_elsewhere</c>.</param>
/// <param name="IsVideo">Of an offer, whether it is a video call.</param>
/// <param name="At">When the phone heard of it.</param>
public sealed record PhoneCall(string CallId, string Signal, string From, string Creator, string? Reason, bool IsVideo, DateTimeOffset At);
