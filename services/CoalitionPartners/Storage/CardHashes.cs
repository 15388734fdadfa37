using System.Security.Cryptography;
using System.Text;
using Loyalty.EventStore;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>
/// Cards as they are compared here: HMAC-SHA256 of the number under a key of this database, so that nobody who sees the rows alone can
/// try all numbers there are.
/// </summary>
internal sealed class CardHashes(DocumentStore store)
{
    private byte[]? key;

    /// <summary>Gives hashes, once the key has been read.</summary>
    public async ValueTask<Func<string?, byte[]?>> Hash(CancellationToken ct)
    {
        key ??= await Read(ct);
        return number => number is null ? null : HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(number));
    }

    private async Task<byte[]> Read(CancellationToken ct)
    {
        await using var query = store.DataSource.CreateCommand("select key from card_hash_key");
        return (byte[])(await query.ExecuteScalarAsync(ct))!;
    }
}
