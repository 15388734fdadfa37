using System.Net;
using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.Testing;

namespace Loyalty.CoalitionPartners.Tests.Service;

public sealed class PrintingWithoutATypeface(PostgresServer postgres, RabbitServer rabbit)
{
    [Fact]
    public async Task says_what_to_ask_for_instead_and_what_to_install()
    {
        await using var service = new TheService(postgres, rabbit) { Besides = { ["Printing__Fonts"] = "/nowhere" } };
        await service.InitializeAsync();
        var desk = new CycleDesk(service, CycleId.Of(Cadence.Monthly, new(2018, 3, 1)));
        var (partner, _) = await desk.Partner(issued: 100);

        var answer = await service.Get(desk.Address(partner) + ".pdf");
        (answer.Status, answer.Problem).ShouldBe((HttpStatusCode.NotAcceptable, "pdf-not-available"));
        answer.Body.GetProperty("detail").GetString()!.ShouldContain("Ask for text/html");
        (await service.Get(desk.Address(partner) + ".html")).Status.ShouldBe(HttpStatusCode.OK);
    }
}
