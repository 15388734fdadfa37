using System.Net;
using System.Net.Http.Json;
using Loyalty.Contracts.Cards.V1;
using Barcode = Loyalty.Cards.Domain.Barcode;
using CardNumber = Loyalty.Cards.Domain.CardNumber;

namespace Loyalty.Cards.Tests.Features;

[Collection(nameof(CardsService))]
public sealed class IssuingCards(CardsService cards)
{
    [Fact]
    public async Task a_thousand_cards_come_at_once_each_with_numbers_of_its_own()
    {
        var prefix = cards.Prefix();
        var product = await cards.Product(prefix);

        using var answer = await cards.Post("v1/cards", new { product, count = 1000 }, Guid.NewGuid().ToString());

        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        var issued = (await answer.Json())["cards"]!.AsArray();
        var numbers = issued.Select(c => c!["number"]!.GetValue<string>()).ToHashSet();
        var barcodes = issued.Select(c => c!["barcode"]!.GetValue<string>()).ToHashSet();
        (numbers.Count, barcodes.Count).ShouldBe((1000, 1000));
        numbers.ShouldAllBe(n => n.Length == 16 && n.StartsWith(prefix) && CardNumber.Checks(n));
        barcodes.ShouldAllBe(b => b.StartsWith('2') && Barcode.Checks(b));
        (await cards.Told<CardIssued>(c => c.Product == product, count: 1000)).Select(c => c.Number).ShouldBe(numbers, ignoreOrder: true);
    }

    [Fact]
    public async Task the_same_request_gets_the_same_cards()
    {
        var (product, key) = (await cards.Product(), Guid.NewGuid().ToString());

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => cards.Post("v1/cards", new { product, count = 2 }, key)));

        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.Created);
        (await Task.WhenAll(answers.Select(a => a.Content.ReadAsStringAsync()))).Distinct().Count().ShouldBe(1);
        await cards.Told<CardIssued>(c => c.Product == product, count: 2);
        using var other = await cards.Post("v1/cards", new { product, count = 3 }, key);
        await other.ShouldBeProblem(422, "transaction-differs");
    }

    [Fact]
    public async Task two_clients_may_use_the_same_key()
    {
        var (product, key) = (await cards.Product(), Guid.NewGuid().ToString());
        using var client = cards.Service.Client("cards.manage", "another-operator");
        client.DefaultRequestHeaders.Add("Idempotency-Key", key);

        using var one = await cards.Post("v1/cards", new { product }, key);
        using var two = await client.PostAsJsonAsync("v1/cards", new { product });

        (await one.Content.ReadAsStringAsync()).ShouldNotBe(await two.Content.ReadAsStringAsync());
        two.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task a_run_gives_out_its_last_number_and_then_no_more()
    {
        var product = await cards.Product("9712345678", 12); // One digit of body: ten numbers.
        using var nine = await cards.Post("v1/cards", new { product, count = 9 }, "nine-of-ten");
        using var two = await cards.Post("v1/cards", new { product, count = 2 }, "two-more");
        using var last = await cards.Post("v1/cards", new { product }, "the-tenth");
        using var none = await cards.Post("v1/cards", new { product }, "the-eleventh");

        nine.StatusCode.ShouldBe(HttpStatusCode.Created);
        await two.ShouldBeProblem(422, "numbers-exhausted");
        last.StatusCode.ShouldBe(HttpStatusCode.Created);
        await none.ShouldBeProblem(422, "numbers-exhausted");
    }

    [Fact]
    public async Task a_product_is_defined_once()
    {
        var prefix = cards.Prefix();
        var definition = new { code = "CLASSIC-" + prefix, name = "Classic", kind = "corporate", issuerPrefix = prefix, numberLength = 16 };

        using var first = await cards.Post("v1/card-products", definition);
        using var again = await cards.Post("v1/card-products", definition);
        using var other = await cards.Post("v1/card-products", definition with { numberLength = 17 });

        first.StatusCode.ShouldBe(HttpStatusCode.Created);
        again.StatusCode.ShouldBe(HttpStatusCode.Created);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        await other.ShouldBeProblem(422, "product-differs");
    }

    [Fact]
    public async Task products_whose_numbers_overlap_do_not_stand_side_by_side()
    {
        var prefix = cards.Prefix();
        var contenders = Enumerable.Range(0, 4).Select(i =>
            cards.Post("v1/card-products", new { code = $"{prefix}-{i}", name = "Card", kind = "private", issuerPrefix = prefix + "0"[..(i % 2)], numberLength = 16 }));

        var answers = await Task.WhenAll(contenders);

        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        foreach (var refused in answers.Where(a => a.StatusCode != HttpStatusCode.Created))
            await refused.ShouldBeProblem(422, "issuer-prefix-taken");
        using var barcodes = await cards.Post("v1/card-products", new { code = prefix + "-b", name = "Card", kind = "private", issuerPrefix = "29", numberLength = 13 });
        await barcodes.ShouldBeProblem(422, "issuer-prefix-taken");
    }

    [Theory]
    [InlineData("{\"product\":\"P1\",\"count\":0}", 422, "invalid-request")]
    [InlineData("{\"product\":\"P1\",\"count\":-1}", 422, "invalid-request")]
    [InlineData("{\"product\":\"P1\",\"count\":1001}", 422, "invalid-request")]
    [InlineData("{\"product\":\"' OR 1=1--\"}", 422, "product-unknown")]
    [InlineData("{\"product\":\"P1\",\"count\":\"5\"}", 400, "malformed-request")]
    [InlineData("{\"product\":\"P1\",\"count\":1.5}", 400, "malformed-request")]
    [InlineData("{\"product\":null}", 400, "malformed-request")]
    [InlineData("{}", 400, "malformed-request")]
    [InlineData("{\"product\":\"P1\",\"isAdmin\":true}", 400, "malformed-request")]
    [InlineData("{\"product\":\"P1\"}x", 400, "malformed-request")]
    [InlineData("{\"product\":\"P\\u0000\"}", 400, "malformed-request")]
    [InlineData("", 400, "malformed-request")]
    public async Task what_cannot_be_issued_is_refused(string body, int status, string code)
    {
        using var request = Request("v1/cards", body);
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await cards.Client.SendAsync(request);
        await answer.ShouldBeProblem(status, code);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("with a space")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task cards_are_not_issued_without_a_key_to_repeat_by(string? key)
    {
        using var request = Request("v1/cards", "{\"product\":\"P1\"}");
        if (key is not null)
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        using var answer = await cards.Client.SendAsync(request);
        await answer.ShouldBeProblem(400, "malformed-request");
    }

    [Theory]
    [InlineData("A B", "Card", "private", "9700", 16)]
    [InlineData("A", " ", "private", "9700", 16)]
    [InlineData("A", "Card\n", "private", "9700", 16)]
    [InlineData("A", "Card", "gift", "9700", 16)]
    [InlineData("A", "Card", "private", "97a0", 16)]
    [InlineData("A", "Card", "private", "٩٧", 16)]
    [InlineData("A", "Card", "private", "", 16)]
    [InlineData("A", "Card", "private", "9700", 11)]
    [InlineData("A", "Card", "private", "9700", 20)]
    public async Task what_is_no_product_is_refused(string code, string name, string kind, string issuerPrefix, int numberLength)
    {
        using var answer = await cards.Post("v1/card-products", new { code, name, kind, issuerPrefix, numberLength });
        await answer.ShouldBeProblem(422, "invalid-request");
    }

    [Fact]
    public async Task nobody_comes_in_without_the_scope()
    {
        using var anonymous = await cards.Service.Process.Client.GetAsync(new Uri("v1/cards/9700000000000000", UriKind.Relative));
        anonymous.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var client = cards.Service.Client("customers.manage ledger.read");
        using var forbidden = await client.GetAsync(new Uri("v1/cards/9700000000000000", UriKind.Relative));
        forbidden.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    private static HttpRequestMessage Request(string path, string body) =>
        new(HttpMethod.Post, path) { Content = new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")) };
}
