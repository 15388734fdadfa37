using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.EventStore;
using Microsoft.IdentityModel.Tokens;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>
/// The ES256 keys of the token endpoint. A key is replaced after <see cref="SignsFor"/>. The new one signs when everybody has had
/// time to learn it, the old one stays published a day longer, so that every token lives to its end.
/// </summary>
internal sealed class SigningKeys(DocumentStore store, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan SignsFor = TimeSpan.FromDays(90);
    private static readonly TimeSpan PublishedFor = SignsFor + TimeSpan.FromDays(1);
    private static readonly TimeSpan KeptInMemory = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan KnownToAll = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim loading = new(1);
    private IReadOnlyList<SigningKey> keys = [];
    private DateTimeOffset loadedAt;

    /// <summary>The key to sign with now.</summary>
    public async Task<ECDsaSecurityKey> Current(CancellationToken ct)
    {
        var published = await Published(ct);
        return (published.FirstOrDefault(k => clock.GetUtcNow() - k.CreatedAt >= KnownToAll) ?? published[^1]).Key;
    }

    /// <summary>The public halves as a JWK set (RFC 7517), newest first.</summary>
    public async Task<string> JwkSet(CancellationToken ct) => JsonSerializer.Serialize(new { keys = (await Published(ct)).Select(k => PublicHalf(k.Key)) });

    public void Dispose() => loading.Dispose();

    private async Task<IReadOnlyList<SigningKey>> Published(CancellationToken ct)
    {
        await loading.WaitAsync(ct);
        try
        {
            if (keys.Count == 0 || clock.GetUtcNow() - loadedAt > KeptInMemory)
                (keys, loadedAt) = (await LoadOrMake(ct), clock.GetUtcNow());
            return keys;
        }
        finally
        {
            loading.Release();
        }
    }

    private async Task<IReadOnlyList<SigningKey>> LoadOrMake(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        await using var connection = await store.DataSource.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // Of several processes that find no key, one makes it and the others read it.
        await using (var one = connection.CreateCommand())
        {
            one.CommandText = "select pg_advisory_xact_lock(hashtext('signing_keys'))";
            await one.ExecuteNonQueryAsync(ct);
        }

        await using (var make = connection.CreateCommand())
        {
            using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            make.CommandText =
                """
                insert into signing_keys (kid, created_at, private_key)
                select $1, $2, $3 where not exists (select from signing_keys where created_at > $4)
                """;
            make.Parameters.Add(new() { Value = Thumbprint(fresh) });
            make.Parameters.Add(new() { Value = now.UtcDateTime });
            make.Parameters.Add(new() { Value = fresh.ExportPkcs8PrivateKey() });
            make.Parameters.Add(new() { Value = (now - SignsFor).UtcDateTime });
            await make.ExecuteNonQueryAsync(ct);
        }

        var found = new List<SigningKey>();
        await using (var read = connection.CreateCommand())
        {
            read.CommandText = "select kid, private_key, created_at from signing_keys where created_at > $1 order by created_at desc, kid";
            read.Parameters.Add(new() { Value = (now - PublishedFor).UtcDateTime });
            await using var row = await read.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
                found.Add(new(Import(row.GetString(0), row.GetFieldValue<byte[]>(1)), row.GetFieldValue<DateTimeOffset>(2)));
        }

        await transaction.CommitAsync(ct);
        return found;
    }

    private static ECDsaSecurityKey Import(string kid, byte[] pkcs8)
    {
        var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(pkcs8, out _);
        return new ECDsaSecurityKey(key) { KeyId = kid };
    }

    private static object PublicHalf(ECDsaSecurityKey key)
    {
        var point = key.ECDsa.ExportParameters(includePrivateParameters: false).Q;
        return new
        {
            kty = "EC",
            use = "sig",
            alg = SecurityAlgorithms.EcdsaSha256,
            crv = "P-256",
            kid = key.KeyId,
            x = Base64UrlEncoder.Encode(point.X!),
            y = Base64UrlEncoder.Encode(point.Y!),
        };
    }

    private static string Thumbprint(ECDsa key) => Base64UrlEncoder.Encode(new ECDsaSecurityKey(key).ComputeJwkThumbprint());

    private sealed record SigningKey(ECDsaSecurityKey Key, DateTimeOffset CreatedAt);
}
