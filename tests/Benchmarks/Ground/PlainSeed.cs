using Loyalty.Benchmarks.Load;
using Loyalty.Testing;
using Npgsql;

namespace Loyalty.Benchmarks.Ground;

/// <summary>The tables of the contenders that are not Loyalty, with the same accounts.</summary>
internal static class PlainSeed
{
    private const int Page = 10_000;

    /// <param name="scripts">Names of files in Contenders/Sql.</param>
    public static async Task Fill(TestDatabase place, int accounts, params string[] scripts)
    {
        await using var database = NpgsqlDataSource.Create(place.Administrator);
        foreach (var script in scripts) await Execute(database, Script(script));
        await Execute(database, "insert into stores select 'S' || lpad(n::text, 3, '0') from generate_series(0, $1) n", Population.Stores);
        for (var from = 0; from < accounts; from += Page)
        {
            var numbers = Enumerable.Range(from, Math.Min(Page, accounts - from)).ToArray();
            var ids = numbers.Select(Population.Account).ToArray();
            await Execute(database, "insert into mt_streams (id, type, version) select id, 'member_account', 3 from unnest($1::uuid[]) id", ids);
            await Execute(database, "insert into balances select * from unnest($1::uuid[], $2::int[])", ids, numbers.Select(Population.SeededPoints).ToArray());
            await Execute(database, "insert into cards select * from unnest($1::text[], $2::uuid[])", numbers.Select(Population.Card).ToArray(), ids);
            if (scripts.Contains("by-hand.sql", StringComparer.Ordinal))
                await Execute(database, "insert into numbered select * from unnest($1::int[], $2::uuid[])", numbers, ids);
        }

        // Nothing here says that a redemption by hand comes after its purchases, so there is enough from the beginning.
        if (scripts.Contains("by-hand.sql", StringComparer.Ordinal)) await Execute(database, "update balances set balance = 1000000");
        await Execute(database, $"grant usage on schema public to {place.Name}");
        await Execute(database, $"grant select, insert, update on all tables in schema public to {place.Name}");
        await Execute(database, $"grant usage on all sequences in schema public to {place.Name}");
        await Execute(database, "vacuum analyze");
        await Execute(database, "checkpoint");
    }

    public static string Script(string name)
    {
        using var reader = new StreamReader(typeof(PlainSeed).Assembly.GetManifestResourceStream($"Loyalty.Benchmarks.Contenders.Sql.{name}")!);
        return reader.ReadToEnd();
    }

    public static async Task<long> Count(string connectionString, string what)
    {
        await using var database = NpgsqlDataSource.Create(connectionString);
        await using var query = database.CreateCommand("select count(*) from " + what);
        query.CommandTimeout = 300;
        return (long)(await query.ExecuteScalarAsync())!;
    }

    private static async Task Execute(NpgsqlDataSource database, string sql, params object[] parameters)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 300;
        foreach (var parameter in parameters) command.Parameters.Add(new() { Value = parameter });
        await command.ExecuteNonQueryAsync();
    }
}
