using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Loyalty.Cli.Audit;

/// <summary>An event's number and its hash.</summary>
internal readonly record struct HashedEvent(long Sequence, byte[] Hash);

/// <summary>The Merkle tree of RFC 6962 over a log that is read from its beginning. Only its right edge is kept, and the events of the last 256.</summary>
internal sealed class HashedLog
{
    public const int PageSize = 256;

    public const string Columns =
        """
        select e.seq_id, e.id, e.stream_id, e.version, e.type, e.timestamp, o.caused_by, o.traceparent, e.data::text
        from mt_events e left join event_origins o on o.seq_id = e.seq_id order by e.seq_id
        """;

    private readonly List<byte[]> edge = [];
    private readonly List<HashedEvent> page = [];

    public long Size { get; private set; }

    /// <summary>The events since the last full page; all 256 of it where it has just become full.</summary>
    public IReadOnlyList<HashedEvent> Page => page;

    /// <summary>The hash of the page that has just become full.</summary>
    public byte[] PageHash => Root(page.Select(e => e.Hash));

    public byte[] Root() => edge.Count == 0 ? SHA256.HashData([]) : edge.AsEnumerable().Reverse().Aggregate((right, left) => Node(left, right));

    public void Add(NpgsqlDataReader row)
    {
        if (page.Count == PageSize) page.Clear();
        var leaf = new HashedEvent(row.GetInt64(0), SHA256.HashData([0x00, .. Encoding.UTF8.GetBytes(Text(row))]));
        page.Add(leaf);
        Grow(leaf.Hash);
    }

    private void Grow(byte[] hash)
    {
        // As many neighbours are complete now as the size so far has ones at its end.
        for (var complete = BitOperations.TrailingZeroCount(~Size); complete > 0; complete--)
        {
            hash = Node(edge[^1], hash);
            edge.RemoveAt(edge.Count - 1);
        }

        edge.Add(hash);
        Size++;
    }

    private static byte[] Root(IEnumerable<byte[]> leaves)
    {
        var tree = new HashedLog();
        foreach (var leaf in leaves) tree.Grow(leaf);
        return tree.Root();
    }

    private static string Text(NpgsqlDataReader row) => string.Join('\n',
        "loyalty-event/1",
        string.Create(CultureInfo.InvariantCulture, $"sequence: {row.GetInt64(0)}"),
        $"id: {row.GetGuid(1)}",
        "stream:" + (row.IsDBNull(2) ? "" : $" {row.GetGuid(2)}"),
        string.Create(CultureInfo.InvariantCulture, $"version: {row.GetInt64(3)}"),
        $"type: {row.GetString(4)}",
        string.Create(CultureInfo.InvariantCulture, $"recorded: {row.GetDateTime(5):yyyy-MM-ddTHH:mm:ss.ffffffZ}"),
        "caused-by:" + (row.IsDBNull(6) ? "" : " " + row.GetString(6)),
        "trace:" + (row.IsDBNull(7) ? "" : " " + row.GetString(7)),
        "data: " + row.GetString(8));

    private static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([0x01, .. left, .. right]);
}
