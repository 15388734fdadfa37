using System.Diagnostics;
using System.Net;
using System.Text;
using Loyalty.Contracts.Customers.V1;
using Loyalty.Testing;
using Npgsql;

namespace Loyalty.Customers.Tests.Features;

/// <summary>Looks for a member's data wherever it must not be, in clear or merely encoded.</summary>
[Collection(nameof(CustomersService))]
public sealed class KeepingPersonalData(CustomersService customers)
{
    private static readonly string[] Personal = ["Zerubbabel", "Quackenbush", "zeru.quack@example.org", "+15557654321", "1931-07-23", "1932-08-24"];

    private static readonly object Questionnaire = new
    {
        firstName = Personal[0],
        lastName = Personal[1],
        email = Personal[2],
        phone = Personal[3],
        birthday = Personal[4],
        privilege = "pensioner",
    };

    [Fact]
    public async Task no_table_no_message_and_no_log_shows_who_a_member_is()
    {
        var key = Guid.NewGuid().ToString();
        using var first = await customers.Enrol(Questionnaire, key);
        using var again = await customers.Enrol(Questionnaire, key);
        var member = (await first.Json())["memberId"]!.GetValue<Guid>();
        using var refused = await customers.Enrol(new { firstName = Personal[0], lastName = Personal[1], email = Personal[2] + "@", phone = Personal[3] });
        using var read = await customers.Read(member);
        using var corrected = await customers.Put($"members/{member}/birthday", new { birthday = Personal[5] });
        using var erased = await customers.Enrolled(Questionnaire) is var other ? await customers.Erase(other) : null;
        await customers.Told<CustomerEnrolled>(e => e.MemberId == member);
        await customers.Told<CustomerErased>(e => e.MemberId == other);

        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        corrected.StatusCode.ShouldBe(HttpStatusCode.OK);
        await customers.Told<ProfileChanged>(p => p.MemberId == member, count: 2);
        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await read.Json())["lastName"]!.GetValue<string>().ShouldBe(Personal[1]);
        var dump = await Dump();
        dump.ShouldContain(member.ToString());
        dump.ShouldContain("customer-enrolled");
        ShouldShowNobody(dump);
        dump.ShouldNotContain("--07-23");
        dump.ShouldNotContain("--08-24");
        ShouldShowNobody(string.Join('\n', customers.Service.Messages.Received));
        await Eventually.Holds(() => customers.Service.Process.Log.Contains($"/v1/members/{other}/erasure", StringComparison.Ordinal));
        ShouldShowNobody(customers.Service.Process.Log);
    }

    [Fact]
    public void the_search_finds_what_is_merely_encoded()
    {
        var clear = Encoding.UTF8.GetBytes($"xy{Personal[0]}z");
        foreach (var encoded in new[] { Encoding.UTF8.GetString(clear), Convert.ToHexStringLower(clear), Convert.ToBase64String(clear) })
            Should.Throw<ShouldAssertException>(() => ShouldShowNobody(encoded));
    }

    private static void ShouldShowNobody(string text)
    {
        foreach (var form in Personal.SelectMany(Forms))
            text.Contains(form, StringComparison.OrdinalIgnoreCase).ShouldBeFalse(form);
    }

    // In clear, in hexadecimal as a dump shows bytes, and in base64 wherever in a group of three the text may begin.
    private static IEnumerable<string> Forms(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        yield return text;
        yield return Convert.ToHexStringLower(bytes);
        for (var offset = 0; offset < 3; offset++)
        {
            var shifted = Convert.ToBase64String([.. new byte[offset], .. bytes]);
            yield return shifted[(offset == 0 ? 0 : 4)..(shifted.Length / 4 * 4 - 4)];
        }
    }

    private async Task<string> Dump()
    {
        var database = new NpgsqlConnectionStringBuilder(customers.Service.Database.Administrator);
        var start = new ProcessStartInfo(
            "pg_dump", ["--inserts", "-h", database.Host!, "-p", $"{database.Port}", "-U", database.Username!, database.Database!])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["PGPASSWORD"] = database.Password;
        using var dumping = Process.Start(start)!;
        var dump = await dumping.StandardOutput.ReadToEndAsync();
        await dumping.WaitForExitAsync();
        dumping.ExitCode.ShouldBe(0);
        return dump;
    }
}
