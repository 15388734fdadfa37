using Loyalty.EventStore;
using Npgsql;

namespace Loyalty.CoalitionPartners.Storage;

/// <summary>The secrets of webhooks, in a table of their own and never in a fact. They are written in the transaction of the fact that makes them.</summary>
internal static class WebhookSecrets
{
    public static void Keep(Session session, Guid webhook, byte[] secret) =>
        session.Enlist(Sql("insert into webhook_secrets (webhook, secret) values ($1, $2)", webhook, secret));

    /// <param name="previousUntil">How long the one before goes on.</param>
    /// <param name="replaces">Whether the newest one goes at once and an older one keeps its time.</param>
    public static void Rotate(Session session, Guid webhook, byte[] secret, DateTimeOffset previousUntil, bool replaces)
    {
        session.Enlist(Sql("delete from webhook_secrets where webhook = $1 and (until <= now() or (until is null and $2))", webhook, replaces));
        session.Enlist(Sql("update webhook_secrets set until = $2 where webhook = $1 and until is null", webhook, previousUntil.UtcDateTime));
        Keep(session, webhook, secret);
    }

    public static void Forget(Session session, Guid webhook) => session.Enlist(Sql("delete from webhook_secrets where webhook = $1", webhook));

    private static NpgsqlBatchCommand Sql(string text, params object[] values)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var value in values) command.Parameters.Add(new() { Value = value });
        return command;
    }
}
