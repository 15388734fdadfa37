using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using Npgsql;
using NpgsqlTypes;

namespace Loyalty.ServiceDefaults;

/// <summary>
/// The issuer's public keys: in memory, refreshed from the issuer, and kept in the table <c>token_keys</c> so that a service that
/// starts while the issuer is down still knows whom to trust.
/// </summary>
internal sealed class SigningKeys(IOptions<TokenOptions> options, IServiceProvider services, TimeProvider clock, ILogger<SigningKeys> log) : IDisposable
{
    // An unknown key id asks the issuer again, but nobody can make this service ask more often than this.
    private static readonly TimeSpan BetweenFetches = TimeSpan.FromSeconds(3);

    // A key that the issuer withdrew stops being trusted after this time.
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(3), MaxResponseContentBufferSize = 64 * 1024 };
    private readonly SemaphoreSlim gate = new(1);
    private volatile FrozenDictionary<string, JsonWebKey> keys = FrozenDictionary<string, JsonWebKey>.Empty;
    private volatile bool loaded;
    private DateTimeOffset fetchedAt = DateTimeOffset.MinValue;
    private DateTimeOffset askedAt = DateTimeOffset.MinValue;

    /// <summary>Whether any key is known at all; if not, no token can be judged.</summary>
    public bool Any => keys.Count > 0;

    public async ValueTask<SecurityKey?> Find(string kid, CancellationToken cancellationToken)
    {
        if (!loaded)
            await InTurn(() => loaded ? Task.CompletedTask : Load(cancellationToken), cancellationToken);
        if (keys.TryGetValue(kid, out var known))
        {
            // Nobody at a till waits for the issuer because a key that is known is due to be looked at again.
            if (IsStale && IsDue)
                _ = InTurn(() => IsStale && IsDue ? Fetch(CancellationToken.None) : Task.CompletedTask, CancellationToken.None);
            return known;
        }
        await InTurn(() => !keys.ContainsKey(kid) && IsDue ? Fetch(cancellationToken) : Task.CompletedTask, cancellationToken);
        return keys.GetValueOrDefault(kid);
    }

    public void Dispose()
    {
        http.Dispose();
        gate.Dispose();
    }

    private bool IsStale => clock.GetUtcNow() - fetchedAt >= Fresh;

    private bool IsDue => clock.GetUtcNow() - askedAt >= BetweenFetches;

    private async Task InTurn(Func<Task> action, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            await action();
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task Fetch(CancellationToken cancellationToken)
    {
        askedAt = clock.GetUtcNow();
        try
        {
            var json = options.Value.LocalKeys is { } local
                ? await local(services, cancellationToken)
                : await http.GetStringAsync(new Uri(options.Value.Issuer + "/.well-known/jwks.json"), cancellationToken);
            var fetched = Read(json).ToList();
            keys = fetched.ToFrozenDictionary(k => k.Kid, StringComparer.Ordinal);
            fetchedAt = clock.GetUtcNow();
            await Keep(fetched, cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // The issuer being away must not stop a till: what is known stays trusted.
            log.LogWarning("The token issuer's keys could not be fetched from {Issuer}: {Reason}", options.Value.Issuer, e.Message);
        }
    }

    // Only public keys of the one algorithm in use; a set that contains others is no reason to trust them.
    private static IEnumerable<JsonWebKey> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        foreach (var key in document.RootElement.GetProperty("keys").EnumerateArray())
        {
            if (Text(key, "kty") == "EC" && Text(key, "crv") == "P-256" && Text(key, "kid") is { Length: > 0 } kid
                && Text(key, "x") is { } x && Text(key, "y") is { } y)
            {
                yield return new JsonWebKey { Kid = kid, Kty = "EC", Crv = "P-256", X = x, Y = y };
            }
        }
    }

    private static string? Text(JsonElement key, string name) =>
        key.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private async Task Load(CancellationToken cancellationToken)
    {
        if (options.Value.LocalKeys is null && services.GetService<NpgsqlDataSource>() is { } database)
        {
            await using var query = database.CreateCommand("select jwk from token_keys");
            await using var rows = await query.ExecuteReaderAsync(cancellationToken);
            var kept = new List<JsonWebKey>();
            while (await rows.ReadAsync(cancellationToken))
                kept.AddRange(Read($$"""{"keys":[{{rows.GetString(0)}}]}"""));
            keys = kept.ToFrozenDictionary(k => k.Kid, StringComparer.Ordinal);
        }
        loaded = true;
    }

    private async Task Keep(IReadOnlyList<JsonWebKey> fetched, CancellationToken cancellationToken)
    {
        if (options.Value.LocalKeys is not null || services.GetService<NpgsqlDataSource>() is not { } database)
            return;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from token_keys where kid <> all ($1)")
        {
            Parameters = { new() { Value = fetched.Select(k => k.Kid).ToArray() } },
        });
        foreach (var key in fetched)
        {
            var jwk = JsonSerializer.Serialize(new { kty = key.Kty, crv = key.Crv, kid = key.Kid, x = key.X, y = key.Y });
            batch.BatchCommands.Add(new NpgsqlBatchCommand(
                "insert into token_keys (kid, jwk) values ($1, $2) on conflict (kid) do update set jwk = excluded.jwk, seen_at = now()")
            {
                Parameters = { new() { Value = key.Kid }, new() { Value = jwk, NpgsqlDbType = NpgsqlDbType.Jsonb } },
            });
        }
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
