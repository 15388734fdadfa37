using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Loyalty.Checkpoints;

/// <summary>A public key as a JWK (RFC 7517); its id is its thumbprint (RFC 7638).</summary>
/// <param name="Kty">Always <c>EC</c>.</param>
/// <param name="Crv">Always <c>P-256</c>.</param>
/// <param name="Use">Always <c>sig</c>.</param>
/// <param name="Alg">Always <c>ES256</c>.</param>
/// <param name="Kid">The thumbprint, base64url.</param>
/// <param name="X">The point, base64url.</param>
/// <param name="Y">The point, base64url.</param>
/// <param name="CreatedAt">Since when it signs.</param>
public sealed record CheckpointKey(string Kty, string Crv, string Use, string Alg, string Kid, string X, string Y, DateTimeOffset CreatedAt);

/// <summary>Every key that has ever signed a checkpoint of this log, newest first.</summary>
/// <param name="Keys">The public halves.</param>
public sealed record CheckpointKeySet(IReadOnlyList<CheckpointKey> Keys);

/// <summary>The keys that sign checkpoints. Public halves are kept for ever; the private half of a key goes when the next key comes.</summary>
internal sealed class CheckpointKeys(NpgsqlDataSource database, TimeProvider clock, CheckpointOptions options)
{
    /// <summary>Signs a text with the newest key, making one when there is none or it has signed for long enough. Needs the lease.</summary>
    public async Task<(string KeyId, byte[] Signature)> Sign(string text, CancellationToken ct)
    {
        var (keyId, privateKey) = await Newest(ct) ?? await Make(ct);
        using var key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        return (keyId, key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    public async Task<CheckpointKeySet> Published(CancellationToken ct)
    {
        await using var command = database.CreateCommand("select key_id, x, y, created_at from checkpoint_keys order by created_at desc, key_id");
        await using var row = await command.ExecuteReaderAsync(ct);
        var keys = new List<CheckpointKey>();
        while (await row.ReadAsync(ct))
        {
            keys.Add(new("EC", "P-256", "sig", "ES256", row.GetString(0), Base64Url.EncodeToString(row.GetFieldValue<byte[]>(1)),
                Base64Url.EncodeToString(row.GetFieldValue<byte[]>(2)), row.GetFieldValue<DateTimeOffset>(3)));
        }

        return new(keys);
    }

    private async Task<(string KeyId, byte[] PrivateKey)?> Newest(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            "select key_id, private_key from checkpoint_signing_keys join checkpoint_keys using (key_id) where created_at > $1 order by created_at desc limit 1");
        command.Parameters.Add(new() { Value = (clock.GetUtcNow() - options.KeySignsFor).UtcDateTime });
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? (row.GetString(0), row.GetFieldValue<byte[]>(1)) : null;
    }

    private async Task<(string KeyId, byte[] PrivateKey)> Make(CancellationToken ct)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var (keyId, privateKey) = (Thumbprint(point), key.ExportPkcs8PrivateKey());
        await using var command = database.CreateCommand(
            """
            with published as (insert into checkpoint_keys (key_id, created_at, x, y) values ($1, $2, $3, $4)),
                 forgotten as (delete from checkpoint_signing_keys)
            insert into checkpoint_signing_keys (key_id, private_key) values ($1, $5)
            """);
        command.Parameters.Add(new() { Value = keyId });
        command.Parameters.Add(new() { Value = clock.GetUtcNow().UtcDateTime });
        command.Parameters.Add(new() { Value = point.X! });
        command.Parameters.Add(new() { Value = point.Y! });
        command.Parameters.Add(new() { Value = privateKey });
        await command.ExecuteNonQueryAsync(ct);
        return (keyId, privateKey);
    }

    private static string Thumbprint(ECPoint point) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(
        $$"""{"crv":"P-256","kty":"EC","x":"{{Base64Url.EncodeToString(point.X)}}","y":"{{Base64Url.EncodeToString(point.Y)}}"}""")));
}
