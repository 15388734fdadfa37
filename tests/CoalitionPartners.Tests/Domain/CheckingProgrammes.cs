namespace Loyalty.CoalitionPartners.Tests.Domain;

public sealed class CheckingProgrammes
{
    private const string Tiers = """
        "tierWindow":{"kind":"calendar","noticeDays":30},"tiers":[
            {"id":"silver","name":"Silver","points":1000,"multiplier":1},{"id":"gold","name":"Gold","points":1000,"partners":3,"multiplier":1.25}]
        """;

    [Theory]
    [InlineData("{}")]
    [InlineData("{" + Tiers + "}")]
    [InlineData("""{"timeZone":"Etc/UTC","activation":{"days":14},"transfers":{"mostPerTransfer":1,"mostPerMonth":1},"tiers":[],"tierWindow":null,"limits":[]}""")]
    [InlineData("""{"timeZone":"America/Argentina/Buenos_Aires","limits":[{"id":"a","of":"purchase","per":"card","window":"hour","count":3,"hard":true},{"id":"b","of":"redemption","per":"store","window":"day","points":9,"hard":false}]}""")]
    [InlineData("""{"tierWindow":{"kind":"rolling","months":24,"noticeDays":0},"tiers":[{"id":"a","name":"A","visits":1,"multiplier":1}]}""")]
    public void finds_nothing_wrong_with_what_is_right(string changes) => Written.ProgrammeFaults(Written.Programme(changes)).ShouldBeEmpty();

    [Theory]
    [InlineData("""{"timeZone":"Europe/Atlantis"}""", "timeZone")]
    [InlineData("""{"timeZone":"europe/vienna"}""", "timeZone")]
    [InlineData("""{"timeZone":"W. Europe Standard Time"}""", "timeZone")]
    [InlineData("""{"timeZone":"Europe/../../passwd"}""", "timeZone")]
    [InlineData("""{"timeZone":"posix/Europe/Vienna"}""", "timeZone")]
    [InlineData("""{"rounding":"up","debt":"forgive","reservationMinutes":0}""", "debt reservationMinutes rounding")]
    [InlineData("""{"expiry":{"kind":"fixed","months":3}}""", "expiry.months expiry.on")]
    [InlineData("""{"activation":{"days":1,"on":"2026-06-01T00:00:00Z"}}""", "activation")]
    [InlineData("""{"transfers":{"mostPerTransfer":2,"mostPerMonth":1}}""", "transfers.mostPerMonth")]
    [InlineData("""{"limits":[{"id":"a","of":"purchase","per":"card","window":"hour","hard":true}]}""", "limits[0]")]
    [InlineData("""{"limits":[{"id":"a","of":"purchase","per":"card","window":"hour","count":1,"hard":true},{"id":"a","of":"gift","per":"city","window":"year","count":1,"hard":true}]}""", "limits[1].id limits[1].of limits[1].per limits[1].window")]
    [InlineData("""{"tiers":[{"id":"a","name":"A","points":1,"multiplier":1}]}""", "tierWindow")]
    [InlineData("""{"tierWindow":{"kind":"calendar","noticeDays":1}}""", "tierWindow")]
    [InlineData("""{"tierWindow":{"kind":"rolling","noticeDays":1},"tiers":[{"id":"a","name":"A","multiplier":1}]}""", "tierWindow.months tiers[0]")]
    [InlineData("""{"tierWindow":{"kind":"calendar","months":12,"noticeDays":1},"tiers":[{"id":"a","name":"A","points":1,"multiplier":0.5}]}""", "tierWindow.months tiers[0].multiplier")]
    [InlineData("""{"tierWindow":{"kind":"calendar","noticeDays":1},"tiers":[{"id":"a","name":"A","points":2,"visits":1,"multiplier":1},{"id":"a","name":"B","points":1,"multiplier":1}]}""", "tiers[1].id tiers[1].points tiers[1].visits")]
    [InlineData("""{"tierWindow":{"kind":"calendar","noticeDays":1},"tiers":[{"id":"a","name":"A","points":2,"multiplier":1},{"id":"b","name":"B","points":2,"multiplier":1}]}""", "tiers[1]")]
    public void names_each_part_that_breaks_a_rule(string changes, string paths)
    {
        var faults = Written.ProgrammeFaults(Written.Programme(changes));
        string.Join(' ', faults.Select(f => f.Path).Order(StringComparer.Ordinal)).ShouldBe(paths);
        faults.ShouldAllBe(f => !f.Malformed && f.Sentence.EndsWith('.'));
    }
}
