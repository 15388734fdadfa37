using System.Net;
using System.Net.Http.Headers;
using Loyalty.Contracts.Customers.V1;

namespace Loyalty.Customers.Tests.Features;

/// <summary>Privilege, segments and birthday: what rules may know of a member, and who is told.</summary>
[Collection(nameof(CustomersService))]
public sealed class BeingKnownToRules(CustomersService customers)
{
    private static readonly object Ann = new { firstName = "Ann", lastName = "Bell", birthday = "1980-02-29", privilege = "student" };

    [Fact]
    public async Task each_change_is_read_and_told_with_everything_else()
    {
        var member = await customers.Enrolled(Ann);

        await Accepted(customers.Put($"members/{member}/privilege", new { privilege = "staff" }));
        await Accepted(customers.Put($"members/{member}/segments/wine"));
        await Accepted(customers.Put($"members/{member}/segments/late-2024"));
        await Accepted(customers.Leave(member, "wine"));
        await Accepted(customers.Put($"members/{member}/birthday", new { birthday = "1980-03-01" }));
        await Accepted(customers.Put($"members/{member}/privilege", new { privilege = (string?)null }));

        using var answer = await customers.Read(member);
        var read = await answer.Json();
        read["privilege"].ShouldBeNull();
        read["birthday"]!.GetValue<string>().ShouldBe("1980-03-01");
        read["segments"]!.AsArray().Select(s => s!.GetValue<string>()).ShouldBe(["late-2024"]);
        var told = await customers.Told<ProfileChanged>(p => p.MemberId == member, count: 7);
        told[0].ShouldBe("student", "--02-29", version: 2);
        told[1].ShouldBe("staff", "--02-29", version: 3);
        told[2].ShouldBe("staff", "--02-29", version: 4, "wine");
        told[3].ShouldBe("staff", "--02-29", version: 5, "late-2024", "wine");
        told[4].ShouldBe("staff", "--02-29", version: 6, "late-2024");
        told[5].ShouldBe("staff", "--03-01", version: 7, "late-2024");
        told[6].ShouldBe(privilege: null, "--03-01", version: 8, "late-2024");
    }

    [Fact]
    public async Task asking_again_changes_nothing_and_gets_the_same_answer()
    {
        var member = await customers.Enrolled(Ann);
        await Twice(() => customers.Put($"members/{member}/privilege", new { privilege = "staff" }));
        await Twice(() => customers.Put($"members/{member}/segments/wine"));
        await Twice(() => customers.Put($"members/{member}/birthday", new { birthday = (string?)null }));
        await Twice(() => customers.Leave(member, "wine"));
        await Twice(() => customers.Assign("bread", member));
        (await customers.Count("mt_events", "stream_id", member)).ShouldBe(7);
    }

    [Fact]
    public async Task changes_at_the_same_time_are_all_kept()
    {
        var member = await customers.Enrolled();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => customers.Put($"members/{member}/segments/s-{i}")));
        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.OK);
        (await customers.Told<ProfileChanged>(p => p.MemberId == member, count: 12)).MaxBy(p => p.Version)!.Segments.Count.ShouldBe(12);
    }

    [Fact]
    public async Task many_members_come_into_a_segment_at_once_and_each_is_answered()
    {
        Guid[] members = [.. await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => customers.Enrolled()))];
        var (stranger, erased) = (Guid.NewGuid(), members[4]);
        using var erasure = await customers.Erase(erased);
        await Accepted(customers.Put($"members/{members[1]}/segments/night-owls"));

        using var answer = await customers.Assign("night-owls", [.. members, stranger, members[0]]);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        var results = (await answer.Json())["results"]!.AsArray()
            .Select(r => (r!["memberId"]!.GetValue<Guid>(), r["result"]!.GetValue<string>()));
        results.ShouldBe(
            [(members[0], "accepted"), (members[1], "accepted"), (members[2], "accepted"), (members[3], "accepted"), (erased, "member-unknown"), (stranger, "member-unknown")]);
        foreach (var member in members[..4])
            (await customers.Told<ProfileChanged>(p => p.MemberId == member))[0].Segments.ShouldBe(["night-owls"]);
    }

    [Fact]
    public async Task a_thousand_at_once_is_the_most()
    {
        using var most = await customers.Assign("crowd", [.. Enumerable.Range(0, 1_000).Select(_ => Guid.NewGuid())]);
        most.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var more = await customers.Assign("crowd", [.. Enumerable.Range(0, 1_001).Select(_ => Guid.NewGuid())]);
        await more.ShouldBeProblem(422, "invalid-request");
        using var none = await customers.Assign("crowd");
        await none.ShouldBeProblem(422, "invalid-request");
    }

    [Fact]
    public async Task a_member_is_in_at_most_a_hundred_segments()
    {
        var member = await customers.Enrolled();
        for (var i = 0; i < 100; i++)
            await Accepted(customers.Put($"members/{member}/segments/s{i}"));

        using var refused = await customers.Put($"members/{member}/segments/one-more");
        using var together = await customers.Assign("one-more", member);

        await refused.ShouldBeProblem(422, "too-many-segments");
        (await together.Json())["results"]![0]!["result"]!.GetValue<string>().ShouldBe("too-many-segments");
    }

    [Fact]
    public async Task nobody_who_is_not_a_member_is_changed()
    {
        var erased = await customers.Enrolled(Ann);
        using var erasure = await customers.Erase(erased);
        foreach (var nobody in new[] { Guid.NewGuid(), erased })
        {
            await Refused(customers.Put($"members/{nobody}/privilege", new { privilege = "staff" }), 404, "member-unknown");
            await Refused(customers.Put($"members/{nobody}/segments/wine"), 404, "member-unknown");
            await Refused(customers.Leave(nobody, "wine"), 404, "member-unknown");
            await Refused(customers.Put($"members/{nobody}/birthday", new { birthday = "1980-02-29" }), 404, "member-unknown");
        }
    }

    [Theory]
    [InlineData("Wine")]
    [InlineData("'%20OR%201=1--")]
    [InlineData("%3Cimg%20onerror%3E")]
    [InlineData("w%C3%ADne")]
    [InlineData("12345678901234567890123456789012345678901")]
    public async Task a_segment_that_is_none_is_refused(string segment)
    {
        var member = await customers.Enrolled();
        await Refused(customers.Put($"members/{member}/segments/{segment}"), 422, "invalid-request");
        await Refused(customers.Leave(member, segment), 422, "invalid-request");
        await Refused(customers.Assign(segment, member), 422, "invalid-request");
    }

    [Theory]
    [InlineData("privilege", """{"privilege":"king"}""", 422)]
    [InlineData("privilege", """{"privilege":""}""", 422)]
    [InlineData("privilege", """{"privilege":7}""", 400)]
    [InlineData("privilege", """{}""", 400)]
    [InlineData("privilege", """{"privilege":null,"memberId":"11111111-1111-1111-1111-111111111111"}""", 400)]
    [InlineData("privilege", """{"privilege":"staff","privilege":null}""", 400)]
    [InlineData("privilege", """{"privilege":"a\u0000"}""", 400)]
    [InlineData("privilege", "", 400)]
    [InlineData("birthday", """{"birthday":"2999-01-01"}""", 422)]
    [InlineData("birthday", """{"birthday":"1850-01-01"}""", 422)]
    [InlineData("birthday", """{"birthday":"2017-02-29"}""", 400)]
    [InlineData("birthday", """{"birthday":"--02-29"}""", 400)]
    [InlineData("birthday", """{}""", 400)]
    public async Task a_change_that_can_not_be_is_refused(string what, string body, int status)
    {
        var member = await customers.Enrolled();
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        await Refused(
            customers.Client.PutAsync(new Uri($"v1/members/{member}/{what}", UriKind.Relative), content), status, status == 400 ? "malformed-request" : "invalid-request");
    }

    [Theory]
    [InlineData("""{"members":null}""")]
    [InlineData("""{"members":[null]}""")]
    [InlineData("""{"members":["me"]}""")]
    [InlineData("""{"members":[""]}""")]
    [InlineData("""[]""")]
    public async Task a_list_of_members_that_is_none_is_refused(string body)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        await Refused(customers.Client.PostAsync(new Uri("v1/segments/wine/members", UriKind.Relative), content), 400, "malformed-request");
    }

    [Fact]
    public async Task nobody_changes_anything_without_the_scope()
    {
        var member = await customers.Enrolled();
        using var client = customers.Service.Client("cards.manage ledger.read");
        foreach (var path in new[] { $"members/{member}/privilege", $"members/{member}/birthday", $"members/{member}/segments/wine" })
        {
            using var forbidden = await client.PutAsync(new Uri("v1/" + path, UriKind.Relative), content: null);
            forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }

        using var together = await client.PostAsync(new Uri("v1/segments/wine/members", UriKind.Relative), content: null);
        together.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        using var left = await client.DeleteAsync(new Uri($"v1/members/{member}/segments/wine", UriKind.Relative));
        left.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task the_log_tells_the_same_again_but_nothing_of_an_erased_member()
    {
        var (erased, kept) = (await customers.Enrolled(Ann), await customers.Enrolled(Ann));
        await Accepted(customers.Put($"members/{erased}/segments/wine"));
        await customers.Told<ProfileChanged>(p => p.MemberId == erased, count: 2);
        await Accepted(customers.Put($"members/{kept}/privilege", new { privilege = "staff" }));
        await customers.Told<ProfileChanged>(p => p.MemberId == kept, count: 2);
        using var erasure = await customers.Erase(erased);
        await customers.Told<CustomerErased>(e => e.MemberId == erased);

        await using (var database = Npgsql.NpgsqlDataSource.Create(customers.Service.Database.Administrator))
        await using (var back = database.CreateCommand("update mt_event_progression set last_seq_id = 0 where name like 'Relay:%'"))
            (await back.ExecuteNonQueryAsync()).ShouldBe(1);

        await customers.Told<CustomerErased>(e => e.MemberId == erased, count: 2);
        var told = await customers.Told<ProfileChanged>(p => p.MemberId == kept, count: 4);
        for (var i = 0; i < told.Count; i++)
            told[i].ShouldBe(i % 2 == 0 ? "student" : "staff", "--02-29", version: 2 + (i % 2));
        await customers.Told<ProfileChanged>(p => p.MemberId == erased, count: 2);
    }

    private static async Task Accepted(Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
    }

    private static async Task Refused(Task<HttpResponseMessage> asking, int status, string code)
    {
        using var answer = await asking;
        await answer.ShouldBeProblem(status, code);
    }

    private static async Task Twice(Func<Task<HttpResponseMessage>> ask)
    {
        using var first = await ask();
        using var again = await ask();
        again.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
    }
}

internal static class ToldProfiles
{
    public static void ShouldBe(this ProfileChanged told, string? privilege, string? celebration, long version, params string[] segments)
    {
        told.Privilege.ShouldBe(privilege);
        told.Celebration.ShouldBe(celebration);
        told.Version.ShouldBe(version);
        told.Segments.ShouldBe(segments);
    }
}
