using System.Text.Json.Serialization;
using FluentValidation;
using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using Loyalty.Testing;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Commands;

internal sealed record Filled(long Coins);

internal sealed record Emptied(long Coins);

internal sealed record Purse(Guid Id, long Coins) : IAggregate<Purse>
{
    public static string Alias => "purse";

    public static Purse Initial(Guid streamId) => new(streamId, 0);

    public Purse When(object @event) => @event switch
    {
        Filled e => this with { Coins = Coins + e.Coins },
        Emptied e => this with { Coins = Coins - e.Coins },
        _ => throw new InvalidOperationException("unknown"),
    };
}

internal sealed record Content(Guid Purse, long Coins, long Version);

internal sealed record Fill(Guid Scope, string Key, Guid Purse, long Coins, [property: JsonIgnore] DateTimeOffset? ReceivedAt = null)
    : ICommand<Content>, IExactlyOnce;

internal sealed class FillRules : AbstractValidator<Fill>
{
    public FillRules()
    {
        RuleFor(c => c.Coins).GreaterThan(0);
        RuleFor(c => c.Key).NotEmpty().WithErrorCode(Fault.MalformedCode);
    }
}

internal sealed class FillHandler(Session session) : IRequestHandler<Fill, Outcome<Content>>
{
    public async Task<Outcome<Content>> Handle(Fill request, CancellationToken cancellationToken)
    {
        var purse = await session.FetchForWriting<Purse>(request.Purse, cancellationToken);
        var after = session.Append(purse, [new Filled(request.Coins)]);
        return new Content(request.Purse, after.State.Coins, after.Version);
    }
}

/// <summary>Takes coins out; <c>Remember</c> says whether a refusal is for ever.</summary>
internal sealed record Empty(Guid Scope, string Key, Guid Purse, long Coins, bool Remember = true) : ICommand<Content>, IExactlyOnce;

internal sealed class EmptyHandler(Session session) : IRequestHandler<Empty, Outcome<Content>>
{
    public async Task<Outcome<Content>> Handle(Empty request, CancellationToken cancellationToken)
    {
        var purse = await session.FetchForWriting<Purse>(request.Purse, cancellationToken);
        var after = session.Append(purse, [new Emptied(request.Coins)]);
        if (after.State.Coins < 0)
            return new Outcome<Content>.Refused(new Refusal("insufficient-coins", $"There are only {purse.State.Coins}."), request.Remember);
        return new Content(request.Purse, after.State.Coins, after.Version);
    }
}

/// <summary>Not exactly-once: every sending counts.</summary>
internal sealed record Toss(Guid Purse) : ICommand<Content>;

internal sealed class TossHandler(Session session) : IRequestHandler<Toss, Outcome<Content>>
{
    public async Task<Outcome<Content>> Handle(Toss request, CancellationToken cancellationToken)
    {
        var purse = await session.FetchForWriting<Purse>(request.Purse, cancellationToken);
        var after = session.Append(purse, [new Filled(1)]);
        return new Content(request.Purse, after.State.Coins, after.Version);
    }
}

/// <summary>Commands on a real database.</summary>
public sealed class Purses(PostgresServer postgres) : IAsyncLifetime
{
    private ServiceProvider services = null!;

    internal DocumentStore Store => services.GetRequiredService<DocumentStore>();

    public async ValueTask InitializeAsync()
    {
        var database = await postgres.CreateDatabase("purses");
        await Migrations.Run(database.Owner, database.Name, Setup.MigrationsOf(typeof(Purses).Assembly));
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:Database", database.Service)]).Build();
        services = new ServiceCollection()
            .AddLogging()
            .AddEventStore(configuration, o => o.Types.Map<Filled>("filled").Map<Emptied>("emptied"))
            .AddCommands(typeof(Purses).Assembly)
            .BuildServiceProvider(new ServiceProviderOptions { ValidateScopes = true });
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();

    internal async Task<Outcome<TAnswer>> Send<TAnswer>(ICommand<TAnswer> command, string by = "partner:GROCERY/till-1")
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentOrigin>().Origin = new Origin(by, TraceParent: null);
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(command);
    }

    internal async Task<long> Coins(Guid purse) => (await Store.AggregateStream<Purse>(purse))?.Coins ?? 0;

    internal async Task<long> Records(Guid scope, string key)
    {
        await using var query = services.GetRequiredService<NpgsqlDataSource>().CreateCommand("select count(*) from exactly_once where scope = $1 and key = $2");
        query.Parameters.Add(new() { Value = scope });
        query.Parameters.Add(new() { Value = key });
        return (long)(await query.ExecuteScalarAsync())!;
    }

    internal async Task<PostgresException?> Tamper(string sql)
    {
        try
        {
            await using var command = services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException e)
        {
            return e;
        }
    }
}
