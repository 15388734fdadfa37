using System.Text.Json;
using Loyalty.Contracts;
using Loyalty.Contracts.Customers.V1;
using Loyalty.Kernel;
using Loyalty.Messaging;
using Loyalty.PointsLedger.Views;
using MassTransit;

namespace Loyalty.PointsLedger.Integration;

/// <summary>Learns what rules may know of members. Only news that are newer change anything, and nothing brings an erased member back.</summary>
internal sealed class OnProfileChanged(Inbox inbox, MemberIndex members) : IConsumer<Page<ProfileChanged>>
{
    public Task Consume(ConsumeContext<Page<ProfileChanged>> context) =>
        inbox.Once(context, (transaction, changed) => Learn(transaction, changed, context.CancellationToken));

    private async Task Learn(InboxTransaction inbox, IReadOnlyList<ProfileChanged> changed, CancellationToken ct)
    {
        // What can't be a day must not come as far as the tills.
        foreach (var profile in changed) _ = profile.Celebration is null ? default : MemberIndex.Celebration(profile.Celebration);

        // In the order of their ids, so that two pages that share members wait for each other rather than deadlock.
        var latest = changed.GroupBy(p => p.MemberId).Select(g => g.MaxBy(p => p.Version)!).OrderBy(p => p.MemberId).ToList();
        inbox.AfterCommit(() => members.Forget(latest.Select(p => AccountId.Of(new(p.MemberId)))));
        await inbox.Execute(
            """
            insert into members (member_id, privilege, celebration, segments, version)
            select id, privilege, celebration, array(select jsonb_array_elements_text(segments)), version
            from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[], $5::bigint[]) as told (id, privilege, celebration, segments, version)
            on conflict (member_id) do update
                set privilege = excluded.privilege, celebration = excluded.celebration, segments = excluded.segments, version = excluded.version
            where not members.erased and members.version < excluded.version
            """,
            ct, latest.ConvertAll(p => p.MemberId).ToArray(), latest.ConvertAll(p => p.Privilege).ToArray(), latest.ConvertAll(p => p.Celebration).ToArray(),
            latest.ConvertAll(p => JsonSerializer.Serialize(p.Segments)).ToArray(), latest.ConvertAll(p => p.Version).ToArray());
    }
}
