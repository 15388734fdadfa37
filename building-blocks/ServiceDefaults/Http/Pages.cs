using System.Buffers.Text;
using System.Text.Json;

namespace Loyalty.ServiceDefaults;

/// <summary>Which page of a long list is asked for; bind it with <c>[AsParameters]</c>.</summary>
/// <param name="Limit">How many items at most: 1 to 200, 50 unless said.</param>
/// <param name="Cursor">The <c>next</c> of the page before; none for the first page.</param>
public readonly record struct PageRequest(int? Limit, string? Cursor)
{
    /// <summary>How many items at most. Fetch one more to know whether a page follows.</summary>
    public int Size => Limit switch
    {
        null => 50,
        >= 1 and <= 200 and var limit => limit,
        _ => throw new ProblemException("'limit' is a number from 1 to 200."),
    };

    /// <summary>Where the page begins: after the position in the cursor, or at <paramref name="start"/>.</summary>
    public TPosition After<TPosition>(TPosition start) where TPosition : notnull
    {
        if (Cursor is null)
            return start;
        try
        {
            var json = Base64Url.DecodeFromChars(Cursor);
            if (JsonText.Fault(json) is null && JsonSerializer.Deserialize<TPosition>(json, StrictJson.Options) is { } position)
                return position;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Forged();
        }
        throw Forged();
    }

    private static ProblemException Forged() => new("'cursor' is not one that this list has given out. Begin without a cursor.");
}

/// <summary>A page of a long list.</summary>
/// <param name="Items">The items, in the list's order.</param>
/// <param name="Next">The cursor of the next page; null on the last one.</param>
public sealed record Page<TItem>(IReadOnlyList<TItem> Items, string? Next);

/// <summary>Makes pages.</summary>
public static class Page
{
    /// <summary>The page out of what was fetched: up to <see cref="PageRequest.Size"/> items, and one more when another page follows.</summary>
    /// <param name="fetched">The items.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="position">Where an item stands in the list's order: a number, or a record of a few.</param>
    public static Page<TItem> Of<TItem, TPosition>(IReadOnlyList<TItem> fetched, PageRequest request, Func<TItem, TPosition> position)
    {
        ArgumentNullException.ThrowIfNull(fetched);
        ArgumentNullException.ThrowIfNull(position);
        if (fetched.Count <= request.Size)
            return new Page<TItem>(fetched, Next: null);
        var next = JsonSerializer.SerializeToUtf8Bytes(position(fetched[request.Size - 1]), StrictJson.Options);
        return new Page<TItem>([.. fetched.Take(request.Size)], Base64Url.EncodeToString(next));
    }
}
