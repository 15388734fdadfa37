using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Loyalty.ServiceDefaults;

/// <summary>What must hold before a service takes its first request. Each broken condition is a sentence that says what to set.</summary>
internal static class StartupChecks
{
    private const int ShortestSecret = 16;

    private static readonly string[] Durability = ["fsync", "full_page_writes", "synchronous_commit"];

    private static readonly string[] Placeholders = ["changeme", "change-me", "change_me", "password", "passw0rd", "secret", "postgres", "guest", "admin", "example", "placeholder", "loyalty", "12345678"];

    /// <summary>Secrets that anybody could guess, outside a demonstration.</summary>
    public static IEnumerable<string> OfSecrets(IConfiguration configuration)
    {
        if (configuration.GetValue("Loyalty:Demo", defaultValue: false))
            yield break;
        foreach (var (key, user, secret) in Secrets(configuration))
        {
            if (IsGuessable(user, secret))
                yield return $"The secret in {key} is a placeholder, its own user's name or shorter than {ShortestSecret} characters. Set a random one, or Loyalty:Demo=true for a demonstration.";
        }
    }

    /// <summary>Settings of PostgreSQL under which an acknowledged posting could be lost.</summary>
    public static async Task<IReadOnlyList<string>> OfDurability(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var query = database.CreateCommand("select name, setting from pg_settings where name = any ($1)");
        query.Parameters.Add(new() { Value = Durability });
        await using var rows = await query.ExecuteReaderAsync(cancellationToken);
        var broken = new List<string>();
        while (await rows.ReadAsync(cancellationToken))
        {
            if (string.Equals(rows.GetString(1), "off", StringComparison.Ordinal))
                broken.Add($"PostgreSQL runs with {rows.GetString(0)} = off, so that an acknowledged posting could be lost. Set {rows.GetString(0)} = on.");
        }
        return broken;
    }

    private static IEnumerable<(string Key, string? User, string Secret)> Secrets(IConfiguration configuration)
    {
        foreach (var name in (string[])["Database", "Owner"])
        {
            // No password at all means that PostgreSQL identifies the role by other means: a socket's peer, or a certificate.
            if (configuration.GetConnectionString(name) is { Length: > 0 } text && new NpgsqlConnectionStringBuilder(text) is { Password.Length: > 0 } database)
                yield return ("ConnectionStrings:" + name, database.Username, database.Password);
        }
        if (Uri.TryCreate(configuration["Broker:Uri"], UriKind.Absolute, out var broker) && broker.UserInfo.Split(':', 2) is [var user, var password])
            yield return ("Broker:Uri", Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
        if (configuration["Operator:ClientSecret"] is { } secret)
            yield return ("Operator:ClientSecret", configuration["Operator:ClientId"] ?? "operator", secret);
    }

    private static bool IsGuessable(string? user, string secret) =>
        secret.Length < ShortestSecret
        || string.Equals(secret, user, StringComparison.OrdinalIgnoreCase)
        || secret.Distinct().Count() < 5
        || Placeholders.Any(p => secret.StartsWith(p, StringComparison.OrdinalIgnoreCase));
}
