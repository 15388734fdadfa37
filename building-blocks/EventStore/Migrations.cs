using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Npgsql;

namespace Loyalty.EventStore;

/// <summary>
/// Brings a service's database to the shape its code expects: SQL files embedded in assemblies under <c>Migrations/</c> (building
/// blocks) or <c>Storage/Migrations/</c> (services), each run once, in order, by the owner of the database. A file that has run is
/// never changed; running again does nothing.
/// <para>
/// Afterwards the service role may read and write the tables, but only add to those whose comment begins with <c>append-only</c>.
/// </para>
/// </summary>
public static class Migrations
{
    /// <summary>Runs what has not run yet: the event store's own files first, then those of the assemblies in the given order.</summary>
    /// <param name="ownerConnectionString">Connects as the owner of the database.</param>
    /// <param name="serviceRole">The role the service itself connects as.</param>
    /// <param name="assemblies">Assemblies with embedded <c>…Migrations.*.sql</c>.</param>
    /// <param name="ct">Cancels.</param>
    /// <returns>The names of the files that ran now.</returns>
    public static async Task<IReadOnlyList<string>> Run(
        string ownerConnectionString, string serviceRole, IReadOnlyList<Assembly> assemblies, CancellationToken ct = default)
    {
        // Not pooled: a pooled connection would keep the lock after it is closed, until it is used again.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ownerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(ct);
        await Execute(connection, "select pg_advisory_lock(7105002)", ct);
        await Execute(connection,
            "create table if not exists schema_migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now())", ct);

        var ran = new List<string>();
        foreach (var (name, sql) in new[] { typeof(Migrations).Assembly }.Concat(assemblies).Distinct().SelectMany(FilesOf))
        {
            if (await Apply(connection, name, sql, ct))
                ran.Add(name);
        }

        await Grant(connection, serviceRole, ct);
        return ran;
    }

    private static IEnumerable<(string Name, string Sql)> FilesOf(Assembly assembly) =>
        from resource in assembly.GetManifestResourceNames()
        where resource.Contains(".Migrations.", StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal)
        orderby resource
        select (resource, Text(assembly, resource));

    private static string Text(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private static async Task<bool> Apply(NpgsqlConnection connection, string name, string sql, CancellationToken ct)
    {
        var sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        await using var find = new NpgsqlCommand("select sha256 from schema_migrations where name = $1", connection);
        find.Parameters.Add(new() { Value = name });
        if (await find.ExecuteScalarAsync(ct) is string applied)
        {
            return applied == sha256
                ? false
                : throw new InvalidOperationException($"The migration {name} was changed after it had run. Restore it and add a new file instead.");
        }

        await using var transaction = await connection.BeginTransactionAsync(ct);
        await Execute(connection, sql, ct);
        await using var insert = new NpgsqlCommand("insert into schema_migrations (name, sha256) values ($1, $2)", connection);
        insert.Parameters.Add(new() { Value = name });
        insert.Parameters.Add(new() { Value = sha256 });
        await insert.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return true;
    }

    private static Task Execute(NpgsqlConnection connection, string sql, CancellationToken ct) =>
        new NpgsqlCommand(sql, connection).ExecuteNonQueryAsync(ct);

    private static async Task Grant(NpgsqlConnection connection, string serviceRole, CancellationToken ct)
    {
        var role = '"' + serviceRole.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';
        // Projections live in schemas that the service makes, rebuilds and renames by itself.
        await Execute(connection,
            $"""
            do $$ begin execute format('grant create on database %I to %I', current_database(), {Literal(serviceRole)}); end $$;
            grant usage on schema public to {role};
            grant select, insert, update, delete on all tables in schema public to {role};
            grant usage, select on all sequences in schema public to {role};
            revoke insert, update, delete on schema_migrations from {role};
            do $$ declare kept regclass; begin
                for kept in select c.oid::regclass from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = 'public' and c.relkind in ('r', 'p') and obj_description(c.oid, 'pg_class') like 'append-only%'
                loop execute format('revoke update, delete, truncate on %s from %I', kept, {Literal(serviceRole)}); end loop;
            end $$;
            """, ct);
    }

    private static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
