using System.Security.Cryptography;
using System.Text;
using Loyalty.CoalitionPartners.Files;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;
using static Loyalty.CoalitionPartners.Tests.Files.FileOf;

namespace Loyalty.CoalitionPartners.Tests.Files;

/// <summary>Files whose lines are judged one by one.</summary>
public sealed class ReadingFiles
{
    [Fact]
    public async Task finds_the_same_transaction_in_both_kinds()
    {
        var expected = new FiledTransaction(
            "purchase", TransactionId.From("t-1"), DateTimeOffset.Parse("2017-03-01T10:15:00+01:00", null), "9276000000000001", "S1", ExactNumber.From("25.9"), "EUR");
        (await Csv(Header + "\n" + Purchase)).ShouldBe([new(2, expected, null)]);
        (await Ndjson(JsonPurchase)).ShouldBe([new(1, expected, null)]);
    }

    [Theory, InlineData("\n"), InlineData("\r\n")]
    public async Task takes_a_byte_order_mark_and_both_line_ends(string end)
    {
        (await Csv("\uFEFF" + Header + end + Purchase + end)).ShouldHaveSingleItem().Fault.ShouldBeNull();
        (await Ndjson("\uFEFF" + JsonPurchase + end + JsonPurchase)).ShouldAllBe(l => l.Fault == null);
    }

    [Fact]
    public async Task counts_the_header_and_blank_lines()
    {
        (await Csv($"\n\n{Header}\n\n{Purchase}\n   \n{Purchase}\n\n")).Select(l => l.Number).ShouldBe([5, 7]);
        (await Ndjson($"\n{JsonPurchase}\n \t\r\n{JsonPurchase}")).Select(l => l.Number).ShouldBe([2, 4]);
    }

    [Fact]
    public async Task keeps_what_a_spreadsheet_would_take_for_a_formula_as_it_is_written()
    {
        foreach (var store in new[] { "=1+1", "+1", "-1", "@a", "\ta", "a \"b\", c" })
        {
            var cell = "\"" + store.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
            var line = (await Csv(Header + "\n" + Purchase.Replace("S1", cell, StringComparison.Ordinal))).ShouldHaveSingleItem();
            line.Fault.ShouldBeNull();
            line.Transaction!.Store.ShouldBe(store);
        }
    }

    [Fact]
    public async Task takes_redemptions_returns_receipts_and_codes()
    {
        var lines = await Csv(
            """
            type,transactionId,occurredAt,card,store,amount,currency,points,purchase,promoCodes,lines,returnedLines
            purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,5,EUR,,,SPRING|TEN,"[{""product"":""milk"",""amount"":5}]",
            redemption,t-2,2017-03-01T10:15:00Z,9276000000000001,S1,,,40,,,,
            return,t-3,2017-03-01T10:15:00Z,,,2.50,EUR,,t-1,,,"[{""line"":0,""amount"":2.50}]"
            """);
        lines.ShouldAllBe(l => l.Fault == null);
        lines[0].Transaction!.PromoCodes.ShouldBe(["SPRING", "TEN"]);
        lines[0].Transaction!.Lines.ShouldBe([new(ExactNumber.From(5), "milk")]);
        lines[1].Transaction!.Points.ShouldBe(ExactNumber.From(40));
        (lines[2].Transaction!.Purchase, lines[2].Transaction!.ReturnedLines![0].Line).ShouldBe((TransactionId.From("t-1"), 0));
    }

    [Theory]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,25,90,EUR,,,,", "cells")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S\"1\",25.90,EUR,,,,", "quote")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,\"25,90\",EUR,,,,", "amount")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,0x10,EUR,,,,", "amount")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,25.901,EUR,,,,", "decimals")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,-1,EUR,,,,", "negative")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,1e-30,EUR,,,,", "exponent")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,1,XXX,,,,", "ISO 4217")]
    [InlineData("purchase,t 1,2017-03-01T10:15:00Z,9276000000000001,S1,1,EUR,,,,", "transactionId")]
    [InlineData("purchase,t-1,2017-02-30T10:15:00Z,9276000000000001,S1,1,EUR,,,,", "occurredAt")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00,9276000000000001,S1,1,EUR,,,,", "occurredAt")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,,S1,1,EUR,,,,", "'card'")]
    [InlineData("purchase,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,1,EUR,5,,,", "'points'")]
    [InlineData("redemption,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,,,1.5,,,", "whole")]
    [InlineData("return,t-1,2017-03-01T10:15:00Z,,,0,EUR,,t-0,,", "greater than 0")]
    [InlineData("gift,t-1,2017-03-01T10:15:00Z,9276000000000001,S1,1,EUR,,,,", "type")]
    [InlineData(",t-1,2017-03-01T10:15:00Z,9276000000000001,S1,1,EUR,,,,", "type")]
    public async Task says_of_each_bad_line_what_is_wrong_and_reads_on(string bad, string reason)
    {
        var lines = await Csv($"{Header}\n{bad}\n{Purchase}\n");
        lines.Select(l => l.Number).ShouldBe([2, 3]);
        lines[0].Fault!.Detail.ShouldContain(reason, Case.Insensitive);
        lines[1].Fault.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"type":"purchase","type":"return"}""")]
    [InlineData("""{"type":"purchase","partnerId":"x"}""")]
    [InlineData("""{"store":"\u0000"}""")]
    [InlineData("""{"store":"\ud800"}""")]
    [InlineData("""{"a":1}x""")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    public async Task refuses_json_that_can_be_read_in_two_ways_or_in_none(string bad)
    {
        var lines = await Ndjson($"{bad}\n{JsonPurchase}\n");
        lines[0].Fault!.Code.ShouldBe("malformed-request");
        lines[1].Fault.ShouldBeNull();
    }

    [Fact]
    public async Task knows_the_digest_of_what_it_read_in_whatever_pieces_it_came()
    {
        var bytes = Encoding.UTF8.GetBytes("\uFEFF" + string.Concat(Enumerable.Repeat(JsonPurchase + "\r\n", 500)) + JsonPurchase);
        var text = new FileText(new Trickle(bytes), new());
        var count = 0;
        await foreach (var line in NdjsonFile.Read(text, FiledTransactionRules.Fault, TestContext.Current.CancellationToken))
        {
            line.Fault.ShouldBeNull();
            count++;
        }

        count.ShouldBe(501);
        text.Sha256.ShouldBe(SHA256.HashData(bytes));
    }

    // Gives a few bytes at a time, as a slow line does.
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 7)], cancellationToken);
    }
}
