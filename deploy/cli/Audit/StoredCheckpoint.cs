using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Loyalty.Cli.Audit;

/// <summary>A checkpoint as it is stored, and whether its signature is right.</summary>
internal sealed record StoredCheckpoint(long Size, byte[] Root, byte[] LeafPrefixes, bool IsSigned)
{
    public static async Task<IReadOnlyList<StoredCheckpoint>> All(AuditedDatabase database, CancellationToken ct)
    {
        const string sql =
            """
            select c.size, c.root, c.leaf_prefixes, c.note, c.signature, k.x, k.y, c.last_sequence, i.id
            from checkpoints c join checkpoint_keys k using (key_id) cross join log_identity i order by c.size
            """;
        var all = new List<StoredCheckpoint>();
        await foreach (var row in database.Rows(sql, ct))
        {
            var (size, root, note) = (row.GetInt64(0), row.GetFieldValue<byte[]>(1), row.GetString(3));
            var says = string.Create(CultureInfo.InvariantCulture, $"/{row.GetGuid(8)}\n{size}\n{Convert.ToBase64String(root)}\nsequence {row.GetInt64(7)}\ntime ");
            all.Add(new(size, root, row.GetFieldValue<byte[]>(2),
                note.Contains(says, StringComparison.Ordinal) && Signed(note, row.GetFieldValue<byte[]>(4), row.GetFieldValue<byte[]>(5), row.GetFieldValue<byte[]>(6))));
        }

        return all;
    }

    private static bool Signed(string note, byte[] signature, byte[] x, byte[] y)
    {
        try
        {
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new() { X = x, Y = y } });
            return key.VerifyData(Encoding.UTF8.GetBytes(note), signature, HashAlgorithmName.SHA256);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
