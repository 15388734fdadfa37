using System.Security.Cryptography;
using System.Text.Json;
using Loyalty.EventStore;
using Microsoft.IdentityModel.Tokens;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>
/// The ES256 keys of the token endpoint. The newest one signs. A key is replaced after <see cref="SignsFor"/> and stays
/// published a day longer, so that every token lives to its end.
/// </summary>
internal sealed class SigningKeys(DocumentStore store, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan SignsFor = TimeSpan.FromDays(90);
    private static readonly TimeSpan PublishedFor = SignsFor + TimeSpan.FromDays(1);
    private static readonly TimeSpan KeptInMemory = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim loading = new(1);
    private IReadOnlyList<ECDsaSecurityKey> keys = [];
    private DateTimeOffset loadedAt;

    /// <summary>All keys that may have signed a token that is still valid, the one to sign with first.</summary>
    public async Task<IReadOnlyList<ECDsaSecurityKey>> Published(CancellationToken ct)
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

    /// <summary>The public halves as a JWK set (RFC 7517), newest first.</summary>
    public async Task<string> JwkSet(CancellationToken ct) => JsonSerializer.Serialize(new { keys = (await Published(ct)).Select(PublicHalf) });

    public void Dispose() => loading.Dispose();

    private async Task<IReadOnlyList<ECDsaSecurityKey>> LoadOrMake(CancellationToken ct)
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

        var found = new List<ECDsaSecurityKey>();
        await using (var read = connection.CreateCommand())
        {
            read.CommandText = "select kid, private_key from signing_keys where created_at > $1 order by created_at desc, kid";
            read.Parameters.Add(new() { Value = (now - PublishedFor).UtcDateTime });
            await using var row = await read.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
                found.Add(Import(row.GetString(0), row.GetFieldValue<byte[]>(1)));
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
}
