namespace Loyalty.Cli.Api;

/// <summary>The four services through their public HTTP interfaces, signed in as the operator or as a partner's till.</summary>
internal sealed class Coalition : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly HttpClient http;
    private readonly Addresses addresses;
    private readonly List<TokenSource> signedIn = [];

    public Coalition(Addresses addresses)
    {
        this.addresses = addresses;
        http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2) }) { Timeout = TimeSpan.FromSeconds(30) };
        Transport = new Transport(http, Patience);
        var @operator = SignIn("operator", addresses.OperatorSecret);
        Partners = new Partners(new ServiceClient(Transport, addresses.Partners, @operator));
        Members = new Members(new ServiceClient(Transport, addresses.Customers, @operator));
        Cards = new Cards(new ServiceClient(Transport, addresses.Cards, @operator));
        Accounts = new Accounts(new ServiceClient(Transport, addresses.Ledger, @operator));
        Clearing = new Clearing(
            new ServiceClient(Transport, addresses.Partners, @operator),
            addresses.ApproverSecret is { } secret ? new ServiceClient(Transport, addresses.Partners, SignIn("approver", secret)) : null);
        WhatIfs = new WhatIfs(new ServiceClient(Transport, addresses.Ledger, @operator));
    }

    public Transport Transport { get; }

    public Partners Partners { get; }

    public Members Members { get; }

    public Cards Cards { get; }

    public Accounts Accounts { get; }

    public WhatIfs WhatIfs { get; }

    public Clearing Clearing { get; }

    /// <summary>A till of the partner that owns the API client.</summary>
    public Till Till(ApiClient client) => new(new ServiceClient(Transport, addresses.Ledger, SignIn(client.ClientId, client.ClientSecret)));

    public void Dispose()
    {
        signedIn.ForEach(tokens => tokens.Dispose());
        http.Dispose();
    }

    private TokenSource SignIn(string clientId, string secret)
    {
        var tokens = new TokenSource(Transport, addresses.Partners, clientId, secret);
        signedIn.Add(tokens);
        return tokens;
    }
}
