using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Loyalty.Contracts.Customers.V1;
using Loyalty.Contracts.PointsLedger.V1;
using Loyalty.Testing;

namespace Loyalty.Customers.Tests.Features;

[Collection(nameof(CustomersService))]
public sealed class BeingAMember(CustomersService customers)
{
    private static readonly DateTimeOffset Noon = new(2017, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task an_enrolled_member_is_read_as_they_filled_in_the_questionnaire()
    {
        var member = await customers.Enrolled(new
        {
            firstName = "María José",
            lastName = "<img onerror=alert(1)>",
            email = "maria@example.com",
            phone = "+34911234567",
            birthday = "1980-02-29",
            privilege = "large-family",
            consents = new[] { new { channel = "sms", granted = false }, new { channel = "email", granted = true } },
        });

        using var answer = await customers.Read(member);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        var read = (await answer.Json()).AsObject();
        read.Remove("enrolledAt").ShouldBeTrue();
        JsonNode.DeepEquals(read, JsonNode.Parse(
            $$"""
            {
              "memberId": "{{member}}", "firstName": "María José", "lastName": "<img onerror=alert(1)>", "email": "maria@example.com",
              "phone": "+34911234567", "birthday": "1980-02-29", "privilege": "large-family",
              "segments": [], "consents": [{ "channel": "email", "granted": true }, { "channel": "sms", "granted": false }],
              "activity": { "purchases": 0, "lastPurchaseAt": null, "redemptions": 0, "lastRedemptionAt": null }
            }
            """)).ShouldBeTrue(read.ToJsonString());
        (await customers.Told<CustomerEnrolled>(e => e.MemberId == member))[0].Privilege.ShouldBe("large-family");
    }

    [Fact]
    public async Task rules_are_told_of_a_new_member_they_may_know_something_of()
    {
        var (pensioner, celebrating, plain) = (
            await customers.Enrolled(new { firstName = "Ann", lastName = "Bell", privilege = "pensioner" }),
            await customers.Enrolled(new { firstName = "Ann", lastName = "Bell", birthday = "1980-02-29" }),
            await customers.Enrolled());

        (await customers.Told<ProfileChanged>(p => p.MemberId == pensioner))[0].ShouldBe("pensioner", celebration: null, version: 2);
        (await customers.Told<ProfileChanged>(p => p.MemberId == celebrating))[0].ShouldBe(privilege: null, "--02-29", version: 2);
        await customers.Told<CustomerEnrolled>(e => e.MemberId == plain);
        await customers.Told<ProfileChanged>(p => p.MemberId == plain, count: 0);
    }

    [Fact]
    public async Task the_same_request_enrols_nobody_twice()
    {
        var key = Guid.NewGuid().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => customers.Enrol(new { firstName = "Ann", lastName = "Bell" }, key)));

        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Created);
        var bodies = await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync()));
        bodies.Distinct().Count().ShouldBe(1);
        var member = JsonNode.Parse(bodies[0])!["memberId"]!.GetValue<Guid>();
        await customers.Told<CustomerEnrolled>(e => e.MemberId == member);
    }

    [Fact]
    public async Task another_questionnaire_under_the_same_key_is_refused()
    {
        var key = Guid.NewGuid().ToString();
        using var first = await customers.Enrol(new { firstName = "Ann", lastName = "Bell" }, key);
        using var otherName = await customers.Enrol(new { firstName = "Ann", lastName = "Bella" }, key);
        using var otherConsent = await customers.Enrol(
            new { firstName = "Ann", lastName = "Bell", consents = new[] { new { channel = "email", granted = true } } }, key);

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        await otherName.ShouldBeProblem(422, "transaction-differs");
        await otherConsent.ShouldBeProblem(422, "transaction-differs");
    }

    [Fact]
    public async Task an_erased_member_is_gone_with_the_key_and_the_stream_stays()
    {
        var member = await customers.Enrolled();
        (await customers.Count("member_keys", "member_id", member)).ShouldBe(1);

        using var erased = await customers.Erase(member);
        using var again = await customers.Erase(member);
        using var read = await customers.Read(member);

        erased.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        again.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await erased.Content.ReadAsStringAsync());
        await read.ShouldBeProblem(404, "member-unknown");
        (await customers.Count("member_keys", "member_id", member)).ShouldBe(0);
        (await customers.Count("mt_events", "stream_id", member)).ShouldBe(2);
        await customers.Told<CustomerErased>(e => e.MemberId == member);
    }

    [Fact]
    public async Task nobody_is_found_under_an_id_that_is_nobodys()
    {
        using var read = await customers.Read(Guid.NewGuid());
        await read.ShouldBeProblem(404, "member-unknown");
        using var erased = await customers.Erase(Guid.NewGuid());
        await erased.ShouldBeProblem(404, "member-unknown");
        using var odd = await customers.Client.GetAsync(new Uri("v1/members/'%20OR%201=1--", UriKind.Relative));
        odd.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task purchases_and_redemptions_show_how_active_a_member_is()
    {
        var member = await customers.Enrolled();
        var twice = Guid.NewGuid();
        await customers.Service.Messages.Publish(twice, Purchase(member, Noon));
        await customers.Service.Messages.Publish(twice, Purchase(member, Noon));
        await customers.Service.Messages.Publish(Guid.NewGuid(), Purchase(member, Noon.AddDays(2)));
        await customers.Service.Messages.Publish(Guid.NewGuid(), Purchase(member, Noon.AddDays(1)));
        await customers.Service.Messages.Publish(Guid.NewGuid(), Redemption(member, Noon.AddDays(3)));

        await Eventually.Holds(async () =>
        {
            using var read = await customers.Read(member);
            var activity = (await read.Json())["activity"];
            JsonNode.DeepEquals(activity, JsonNode.Parse(
                """
                { "purchases": 3, "lastPurchaseAt": "2017-03-03T12:00:00+00:00", "redemptions": 1, "lastRedemptionAt": "2017-03-04T12:00:00+00:00" }
                """)).ShouldBeTrue(activity!.ToJsonString());
        });
    }

    [Fact]
    public async Task the_activity_of_an_erased_member_is_forgotten_even_when_more_is_told()
    {
        var (erased, other) = (await customers.Enrolled(), await customers.Enrolled());
        await customers.Service.Messages.Publish(Guid.NewGuid(), Purchase(erased, Noon));
        await Eventually.Holds(async () => await customers.Count("member_activity", "member_id", erased) == 1);
        using var erasure = await customers.Erase(erased);

        await customers.Service.Messages.Publish(Guid.NewGuid(), Purchase(erased, Noon));
        await customers.Service.Messages.Publish(Guid.NewGuid(), Purchase(other, Noon));

        await Eventually.Holds(async () => await customers.Count("member_activity", "member_id", other) == 1);
        (await customers.Count("member_activity", "member_id", erased)).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"firstName":"","lastName":"Bell"}""", 422)]
    [InlineData("""{"firstName":"Ann","lastName":"Be\nll"}""", 422)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","email":"ann"}""", 422)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","phone":"0207 183"}""", 422)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","birthday":"2999-01-01"}""", 422)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","birthday":"1850-01-01"}""", 422)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","privilege":"king"}""", 422)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","consents":[{"channel":"fax","granted":true}]}""", 422)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","consents":[{"channel":"email","granted":true},{"channel":"email","granted":false}]}""", 422)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","birthday":"2017-02-30"}""", 400)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","birthday":"1.2.1980"}""", 400)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","consents":[null]}""", 400)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","consents":[{"channel":"email"}]}""", 400)]
    [InlineData("""{"firstName":"Ann"}""", 400)]
    [InlineData("""{"firstName":null,"lastName":"Bell"}""", 400)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell","memberId":"11111111-1111-1111-1111-111111111111"}""", 400)]
    [InlineData("""{"firstName":"Ann","firstName":"Eve","lastName":"Bell"}""", 400)]
    [InlineData("""{"firstName":"Ann","LastName":"Bell"}""", 400)]
    [InlineData("""{"firstName":"\ud800","lastName":"Bell"}""", 400)]
    [InlineData("""{"firstName":"A\u0000","lastName":"Bell"}""", 400)]
    [InlineData("""{"firstName":"Ann","lastName":"Bell"}x""", 400)]
    [InlineData("", 400)]
    public async Task a_bad_questionnaire_is_refused_without_repeating_it(string body, int status)
    {
        using var answer = await Send(body, "application/json", Guid.NewGuid().ToString());
        await answer.ShouldBeProblem(status, status == 400 ? "malformed-request" : "invalid-request");
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("Bell");
    }

    [Theory]
    [InlineData(null, "application/json", 400)]
    [InlineData("a key", "application/json", 400)]
    [InlineData("key", "text/plain", 415)]
    public async Task an_enrolment_needs_a_key_and_json(string? key, string mediaType, int status)
    {
        using var answer = await Send("""{"firstName":"Ann","lastName":"Bell"}""", mediaType, key);
        ((int)answer.StatusCode).ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
    }

    [Fact]
    public async Task nobody_comes_in_without_the_scope()
    {
        var path = new Uri($"v1/members/{await customers.Enrolled()}", UriKind.Relative);
        using var anonymous = await customers.Service.Process.Client.GetAsync(path);
        anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var client = customers.Service.Client("cards.manage ledger.read");
        using var forbidden = await client.GetAsync(path);
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task<HttpResponseMessage> Send(string body, string mediaType, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/members") { Content = new StringContent(body, new MediaTypeHeaderValue(mediaType)) };
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return await customers.Client.SendAsync(request);
    }

    private static PurchaseAccrued Purchase(Guid member, DateTimeOffset at) =>
        new(member, Guid.NewGuid(), "S1", Guid.NewGuid().ToString(), 1234, "EUR", 12, 1, at, at.AddSeconds(1));

    private static PointsRedeemed Redemption(Guid member, DateTimeOffset at) =>
        new(member, Guid.NewGuid(), "S1", Guid.NewGuid().ToString(), ReservationId: null, 5, [], 1, at, at.AddSeconds(1));
}
