using Loyalty.Benchmarks.Load;
using Loyalty.Testing;

namespace Loyalty.Benchmarks.Ground;

/// <summary>Everything the contenders stand on: one PostgreSQL and one RabbitMQ of the benchmark's own, tokens, a telemetry sink, the generator.</summary>
internal sealed class Site : IAsyncDisposable
{
    /// <summary>Share of traces that is recorded, as in a service under load.</summary>
    public const string SampledTraces = "0.01";

    private Site(Options options, PostgresServer postgres, RabbitServer rabbit, TokenIssuer issuer, TelemetrySink telemetry, Uri telemetryUrl, TestDatabase hand, Processors processors)
    {
        Options = options;
        Postgres = postgres;
        Rabbit = rabbit;
        Issuer = issuer;
        Telemetry = telemetry;
        TelemetryUrl = telemetryUrl;
        HandDatabase = hand;
        Processors = processors;
        Generator = LoadGenerator.Start();
    }

    public Options Options { get; }

    public PostgresServer Postgres { get; }

    public RabbitServer Rabbit { get; }

    public TokenIssuer Issuer { get; }

    public TelemetrySink Telemetry { get; }

    public Uri TelemetryUrl { get; }

    /// <summary>The database of the SQL written by hand; the first there is.</summary>
    public TestDatabase HandDatabase { get; }

    public Processors Processors { get; }

    public LoadGenerator Generator { get; }

    public static async Task<Site> Prepare(Options options)
    {
        var postgres = new PostgresServer();
        var issuer = await TokenIssuer.Start();
        var telemetryUrl = new Uri($"http://127.0.0.1:{FreePorts.Take()}");
        var telemetry = await TelemetrySink.Start(telemetryUrl);
        var hand = await postgres.CreateDatabase("by_hand");
        return new Site(options, postgres, new RabbitServer(), issuer, telemetry, telemetryUrl, hand, await Processors.Of(hand.Administrator));
    }

    /// <summary>A fresh token: the partner's where something is posted, the operator's where balances are read.</summary>
    public string Token(Request request) => request is Request.Postings or Request.Lines
        ? Issuer.Token("till-1", "ledger.post ledger.redeem ledger.read", LedgerSeed.Partner, Population.PartnerCode)
        : Issuer.Token("operator", "ledger.read");

    /// <summary>Settings of a service of ours: who issues its tokens, and where its telemetry goes.</summary>
    public Dictionary<string, string> ServiceSettings() => new(StringComparer.Ordinal)
    {
        ["Auth__Authority"] = Issuer.Url.ToString().TrimEnd('/'),
        ["Telemetry__Otlp"] = TelemetryUrl.ToString().TrimEnd('/'),
        ["Telemetry__Sample"] = SampledTraces,
    };

    /// <summary>Starts a mode of this very program as a service.</summary>
    public static Task<ServiceProcess> StartMode(string mode, IReadOnlyDictionary<string, string> settings) =>
        ServiceProcess.StartProgram(typeof(Site).Assembly.Location, [mode], settings);

    public async ValueTask DisposeAsync()
    {
        await Generator.DisposeAsync();
        await Telemetry.DisposeAsync();
        await Issuer.DisposeAsync();
        await Rabbit.DisposeAsync();
        await Postgres.DisposeAsync();
    }
}
