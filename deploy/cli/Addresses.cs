namespace Loyalty.Cli;

/// <summary>Where the coalition's services answer, and the operators' secrets. Everything comes from the environment.</summary>
/// <param name="ApproverSecret">The second operator's, for what takes two; null where it is not given.</param>
internal sealed record Addresses(Uri Partners, Uri Customers, Uri Cards, Uri Ledger, string OperatorSecret, string? ApproverSecret)
{
    public static Addresses FromEnvironment() => new(
        Service("LOYALTY_PARTNERS_URL", 5101),
        Service("LOYALTY_CUSTOMERS_URL", 5102),
        Service("LOYALTY_CARDS_URL", 5103),
        Service("LOYALTY_LEDGER_URL", 5104),
        Required("LOYALTY_OPERATOR_SECRET", "the secret of the operator's API client; './loyalty up' prints where it is kept"),
        Environment.GetEnvironmentVariable("LOYALTY_APPROVER_SECRET") is { Length: > 0 } approver ? approver : null);

    /// <summary>For what partners may ask as well: CoalitionPartners, and the client to ask as. A partner's own where one is given, else the operator's.</summary>
    public static (Uri Partners, string ClientId, string Secret) Reader() => Environment.GetEnvironmentVariable("LOYALTY_CLIENT_ID") is { Length: > 0 } client
        ? (Service("LOYALTY_PARTNERS_URL", 5101), client, Required("LOYALTY_CLIENT_SECRET", $"the secret of the API client '{client}'"))
        : (Service("LOYALTY_PARTNERS_URL", 5101), "operator", Required("LOYALTY_OPERATOR_SECRET", "the operator's secret, or LOYALTY_CLIENT_ID and LOYALTY_CLIENT_SECRET to a partner's client"));

    public static Uri Broker()
    {
        var text = Required("LOYALTY_BROKER_URI", "amqp://user:password@host:port/vhost of the broker");
        return Uri.TryCreate(text, UriKind.Absolute, out var uri)
            ? uri
            : throw new StoppedException("LOYALTY_BROKER_URI is no URI. Set it to amqp://user:password@host:port/vhost of the broker.");
    }

    private static Uri Service(string variable, int port)
    {
        var text = Environment.GetEnvironmentVariable(variable);
        if (string.IsNullOrWhiteSpace(text))
            return new Uri($"http://127.0.0.1:{port}/");
        return Uri.TryCreate(text.TrimEnd('/') + "/", UriKind.Absolute, out var uri)
            ? uri
            : throw new StoppedException($"{variable} is '{text}', which is no URL. Set it to something like http://127.0.0.1:{port}.");
    }

    private static string Required(string variable, string meaning) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value
            ? value
            : throw new StoppedException($"Set {variable} to {meaning}.");
}
