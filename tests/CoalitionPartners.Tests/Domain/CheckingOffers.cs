using System.Text.Json;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.CoalitionPartners.Domain.Documents;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class CheckingOffers
{
    private const string SomePartner = "01957a00-0000-7000-8000-000000000001";

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"kind":"base","give":{"pointsPerUnit":0}}""")]
    [InlineData("""{"kind":"base","give":{"steps":[{"spendFrom":0,"pointsPerUnit":1.2345},{"spendFrom":50,"points":100}]}}""")]
    [InlineData("""{"give":{"steps":[{"spendFrom":20.50,"multiplier":1.5},{"spendFrom":50,"multiplier":100}]}}""")]
    [InlineData("""{"from":"2026-06-01T00:00:00+02:00","until":"2026-06-01T00:00:00.0000001+02:00","group":"summer","budget":1}""")]
    [InlineData("""{"from":null,"until":null,"group":null,"budget":null,"activation":null,"expiry":null,"when":{"partners":null,"hours":null,"promoCode":null}}""")]
    [InlineData("""{"when":{"weekdays":["monday","sunday"],"hours":{"from":"22:00","until":"02:00:30"},"tenders":["cash"],"spendFrom":0.01,"spendBelow":0.02}}""")]
    [InlineData("""{"when":{"repeatWithinDays":4,"nth":{"n":3,"every":true},"visited":{"partners":3,"withinDays":30},"celebrationWeek":true}}""")]
    [InlineData("""{"when":{"privileges":["student","large-family"],"tiers":["gold"],"segments":["Räder & mehr"],"promoCode":"Sun-2026"}}""")]
    [InlineData("""{"caps":[{"per":"day","times":1},{"per":"offer","points":500},{"per":"receipt","times":2,"points":1}]}""")]
    [InlineData("""{"activation":{"days":0},"expiry":{"kind":"end-of-month","months":120}}""")]
    [InlineData("""{"activation":{"on":"2026-06-01T00:00:00Z"},"expiry":{"kind":"fixed","on":"2027-01-01T00:00:00Z"}}""")]
    [InlineData("""{"expiry":{"kind":"never"},"activation":{}}""")]
    public void finds_nothing_wrong_with_what_is_right(string changes) => Written.OfferFaults(Written.Offer(changes)).ShouldBeEmpty();

    [Theory]
    [InlineData("""{"id":"Week End"}""", "id")]
    [InlineData("""{"id":"a\n"}""", "id")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":" x"}""", "name")]
    [InlineData("""{"name":"a\u0007b"}""", "name")]
    [InlineData("""{"kind":"Bonus"}""", "kind")]
    [InlineData("""{"priority":-1}""", "priority")]
    [InlineData("""{"from":"2026-06-01T00:00:00Z","until":"2026-06-01T02:00:00+02:00"}""", "until")]
    [InlineData("""{"kind":"base","give":{"points":1},"group":"g"}""", "group")]
    [InlineData("""{"give":{}}""", "give")]
    [InlineData("""{"give":{"points":1,"multiplier":2}}""", "give")]
    [InlineData("""{"give":{"multiplier":1}}""", "give.multiplier")]
    [InlineData("""{"give":{"multiplier":100.0001}}""", "give.multiplier")]
    [InlineData("""{"give":{"multiplier":1.00001}}""", "give.multiplier")]
    [InlineData("""{"kind":"base"}""", "give.multiplier")]
    [InlineData("""{"kind":"base","give":{"steps":[{"spendFrom":1,"multiplier":2}]}}""", "give.steps[0].multiplier")]
    [InlineData("""{"give":{"pointsPerUnit":-1}}""", "give.pointsPerUnit")]
    [InlineData("""{"give":{"points":0}}""", "give.points")]
    [InlineData("""{"give":{"steps":[]}}""", "give.steps")]
    [InlineData("""{"give":{"steps":[{"spendFrom":10,"points":1},{"spendFrom":10.0,"points":2}]}}""", "give.steps[1].spendFrom")]
    [InlineData("""{"give":{"steps":[{"spendFrom":10},{"spendFrom":20,"points":1,"multiplier":2}]}}""", "give.steps[0] give.steps[1]")]
    [InlineData("""{"when":{"weekdays":["monday","monday","Tuesday"]}}""", "when.weekdays[1] when.weekdays[2]")]
    [InlineData("""{"when":{"tenders":["Cash!"]}}""", "when.tenders[0]")]
    [InlineData("""{"when":{"spendFrom":20,"spendBelow":20}}""", "when.spendBelow")]
    [InlineData("""{"when":{"spendFrom":0}}""", "when.spendFrom")]
    [InlineData("""{"when":{"stores":["S1"]}}""", "when.stores")]
    [InlineData("""{"when":{"hours":{"from":"24:00","until":"9:00"}}}""", "when.hours.from when.hours.until")]
    [InlineData("""{"when":{"repeatWithinDays":0}}""", "when.repeatWithinDays")]
    [InlineData("""{"when":{"newAtPartner":true,"repeatWithinDays":4,"nth":{"n":1}}}""", "when.nth when.repeatWithinDays")]
    [InlineData("""{"when":{"nth":{"n":0}}}""", "when.nth.n")]
    [InlineData("""{"when":{"privileges":["king"]}}""", "when.privileges[0]")]
    [InlineData("""{"when":{"promoCode":"ab"}}""", "when.promoCode")]
    [InlineData("""{"caps":[{"per":"day"}]}""", "caps[0]")]
    [InlineData("""{"caps":[{"per":"day","times":1},{"per":"day","points":1}]}""", "caps[1].per")]
    [InlineData("""{"caps":[{"per":"century","times":1}]}""", "caps[0].per")]
    [InlineData("""{"budget":0}""", "budget")]
    [InlineData("""{"fundedBy":[{"partnerId":"01957a00-0000-7000-8000-000000000001","percent":60}]}""", "fundedBy")]
    [InlineData("""{"fundedBy":[{"partnerId":"01957a00-0000-7000-8000-000000000001","percent":60},{"partnerId":"01957A00-0000-7000-8000-000000000001","percent":40}]}""", "fundedBy[1].partnerId")]
    [InlineData("""{"fundedBy":[{"partnerId":"01957a00-0000-7000-8000-000000000001","percent":0}]}""", "fundedBy[0].percent")]
    [InlineData("""{"activation":{"days":1,"on":"2026-06-01T00:00:00Z"}}""", "activation")]
    [InlineData("""{"expiry":{"kind":"rolling"}}""", "expiry.months")]
    [InlineData("""{"expiry":{"kind":"activity","months":121}}""", "expiry.months")]
    [InlineData("""{"expiry":{"kind":"never","months":1,"on":"2026-06-01T00:00:00Z"}}""", "expiry.months expiry.on")]
    [InlineData("""{"expiry":{"kind":"fixed"}}""", "expiry.on")]
    [InlineData("""{"until":"2026-06-01T00:00:00Z","expiry":{"kind":"fixed","on":"2026-06-01T00:00:00Z"}}""", "expiry.on")]
    public void names_each_part_that_breaks_a_rule(string changes, string paths)
    {
        var faults = Written.OfferFaults(Written.Offer(changes));
        string.Join(' ', faults.Select(f => f.Path).Order(StringComparer.Ordinal)).ShouldBe(paths);
        faults.ShouldAllBe(f => !f.Malformed && f.Sentence.EndsWith('.'));
    }

    [Theory]
    [InlineData("""{"give":{"multiplier":1e400}}""", "give.multiplier")]
    [InlineData("""{"give":{"points":1E99999999999999999999}}""", "give.points")]
    [InlineData("""{"give":{"points":1.0}}""", "give.points")]
    [InlineData("""{"give":{"points":99999999999999999999999999999}}""", "give.points")]
    [InlineData("""{"give":{"pointsPerUnit":1.00000000000000000000000000000000000001}}""", "give.pointsPerUnit")]
    [InlineData("""{"give":{"points":"5"}}""", "give.points")]
    [InlineData("""{"give":null}""", "give")]
    [InlineData("""{"give":[]}""", "give")]
    [InlineData("""{"give":{"points":5,"Points":5}}""", "give.Points")]
    [InlineData("""{"give":{"steps":[{"points":5}]}}""", "give.steps[0].spendFrom")]
    [InlineData("""{"from":"2026-06-01"}""", "from")]
    [InlineData("""{"from":"2026-02-30T00:00:00Z"}""", "from")]
    [InlineData("""{"from":"2026-06-01T00:00:00"}""", "from")]
    [InlineData("""{"when":{"partners":"all"}}""", "when.partners")]
    [InlineData("""{"when":{"partners":["GROCERY"]}}""", "when.partners[0]")]
    [InlineData("""{"when":{"members":[1]}}""", "when.members[0]")]
    [InlineData("""{"when":{"newAtPartner":"yes"}}""", "when.newAtPartner")]
    [InlineData("""{"when":{"weekday":["monday"]}}""", "when.weekday")]
    [InlineData("""{"caps":null}""", "caps")]
    [InlineData("""{"priority":null}""", "priority")]
    public void names_what_cannot_be_read(string changes, string path)
    {
        var fault = Written.OfferFaults(Written.Offer(changes)).Where(f => f.Malformed).ShouldHaveSingleItem();
        fault.Path.ShouldBe(path);
        fault.Sentence.ShouldEndWith(".");
    }

    [Theory]
    [InlineData("null"), InlineData("[]"), InlineData("1e400"), InlineData("\"offer\"")]
    public void takes_no_document_that_is_no_object(string text) =>
        Written.OfferFaults(JsonElement.Parse(text)).ShouldHaveSingleItem().Malformed.ShouldBeTrue();

    [Fact]
    public void finds_all_faults_at_once() =>
        Written.OfferFaults(Written.Offer("""{"kind":"gift","until":"yesterday","give":{"steps":[{"spendFrom":2,"points":1},{"spendFrom":1}]},"caps":[{"per":"day"}]}"""))
            .Select(f => f.Path).Order(StringComparer.Ordinal).ShouldBe(["caps[0]", "give.steps[1]", "give.steps[1].spendFrom", "kind", "until"]);

    [Fact]
    public void bounds_every_list_and_every_text()
    {
        var many = string.Join(',', Enumerable.Range(0, 1001).Select(i => $"\"p{i}\""));
        Written.OfferFaults(Written.Offer($$$"""{"when":{"products":[{{{many}}}]}}""")).ShouldHaveSingleItem().Path.ShouldBe("when.products");
        Written.OfferFaults(Written.Offer($$$"""{"when":{"products":["{{{new string('x', 201)}}}"]}}""")).ShouldHaveSingleItem().Path.ShouldBe("when.products[0]");
        Written.OfferFaults(Written.Offer($$$"""{"name":"{{{string.Concat(Enumerable.Repeat("🎁", 200))}}}"}""")).ShouldBeEmpty();
    }

    [Fact]
    public void knows_partners_and_their_stores()
    {
        var stranger = Guid.Parse(SomePartner);
        var partners = new Dictionary<Guid, Partner> { [Grocery.Value] = Admitted(new Store("S1", "One")), [stranger] = Partner.Initial(stranger) };
        var offer = new Part(Written.Offer($$"""
            {"when":{"partners":["{{Grocery}}","{{stranger}}"],"stores":["S1","S2"]},
             "fundedBy":[{"partnerId":"{{stranger}}","percent":50},{"partnerId":"{{Grocery}}","percent":50}]}
            """));

        OfferRules.Partners(offer).Select(p => p.Path)
            .ShouldBe(["when.partners[0]", "when.partners[1]", "fundedBy[0].partnerId", "fundedBy[1].partnerId"]);
        OfferRules.Strangers(offer, partners).Select(f => f.Path).ShouldBe(["when.partners[1]", "fundedBy[0].partnerId", "when.stores[1]"]);
    }
}
