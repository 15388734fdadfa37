using System.Globalization;
using Npgsql;

namespace Loyalty.Testing;

/// <summary>A database with the roles it has in production.</summary>
/// <param name="Name">The database; the service role has the same name.</param>
/// <param name="Owner">Connection string of the role that owns the tables and runs the migrations.</param>
/// <param name="Service">Connection string of the role a service runs as.</param>
/// <param name="Administrator">Connection string of the superuser, for tests that look where no service may.</param>
public sealed record TestDatabase(string Name, string Owner, string Service, string Administrator);

/// <summary>PostgreSQL for this test process: <c>[assembly: AssemblyFixture(typeof(PostgresServer))]</c>.</summary>
public sealed class PostgresServer : PrivateServer
{
    private readonly int port;
    private int databases;

    /// <summary>A server that starts when its first database is asked for.</summary>
    public PostgresServer() : this(FreePorts.Take())
    {
    }

    private PostgresServer(int port)
        : base("postgres.sh", new Dictionary<string, string>(StringComparer.Ordinal) { ["LOYALTY_POSTGRES_PORT"] = FreePorts.Text(port) }) =>
        this.port = port;

    /// <summary>A fresh, empty database; its name starts with <paramref name="name"/> (lower case, underscores).</summary>
    public async Task<TestDatabase> CreateDatabase(string name = "loyalty")
    {
        await Start();
        var database = string.Create(CultureInfo.InvariantCulture, $"{name}_{Interlocked.Increment(ref databases)}");
        await Run("create-database.sh", [database], new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PGHOST"] = "127.0.0.1",
            ["PGPORT"] = FreePorts.Text(port),
            ["PGUSER"] = "postgres",
            ["PGPASSWORD"] = Password,
            ["OWNER_PASSWORD"] = Password,
            ["SERVICE_PASSWORD"] = Password,
        });
        return new TestDatabase(database, As($"{database}_owner"), As(database), As("postgres"));

        string As(string role) => new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = port,
            Database = database,
            Username = role,
            Password = Password,
            MaxPoolSize = 40,
            IncludeErrorDetail = true,
        }.ConnectionString;
    }
}
