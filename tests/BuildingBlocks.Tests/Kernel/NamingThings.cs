using System.Text.Json;
using Loyalty.Kernel;
using Shouldly;
using Xunit;

namespace Loyalty.BuildingBlocks.Tests.Kernel;

public sealed class NamingThings
{
    private static readonly Guid Dns = Guid.Parse("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

    [Theory]
    [InlineData("a")]
    [InlineData("till-1:2017-03-06.000123_A")]
    public void allows_transaction_ids_of_plain_characters(string text)
    {
        TransactionId.From(text).Value.ShouldBe(text);
        JsonSerializer.Deserialize<TransactionId>($"\"{text}\"").ToString().ShouldBe(text);
        JsonSerializer.Serialize(TransactionId.From(text)).ShouldBe($"\"{text}\"");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a\n")]
    [InlineData("a/b")]
    [InlineData("caf\u00e9")]
    [InlineData("\u0430")]
    [InlineData("a\u0000")]
    [InlineData(null)]
    public void allows_no_other_transaction_ids(string? text)
    {
        TransactionId.IsValid(text).ShouldBeFalse();
        Should.Throw<FormatException>(() => TransactionId.From(text!));
        Should.Throw<JsonException>(() => JsonSerializer.Deserialize<TransactionId>(JsonSerializer.Serialize(text)));
    }

    [Fact]
    public void allows_transaction_ids_of_sixty_four_characters_and_no_more()
    {
        TransactionId.IsValid(new string('x', 64)).ShouldBeTrue();
        TransactionId.IsValid(new string('x', 65)).ShouldBeFalse();
    }

    [Fact]
    public void tells_transaction_ids_apart_byte_by_byte() => TransactionId.From("A").ShouldNotBe(TransactionId.From("a"));

    [Fact]
    public void stores_typed_ids_as_their_plain_value()
    {
        var value = Guid.Parse("019001a2-1111-7222-8333-123456789012");
        var json = $"\"{value}\"";
        JsonSerializer.Serialize(new PartnerId(value)).ShouldBe(json);
        JsonSerializer.Serialize(new CardId(value)).ShouldBe(json);
        JsonSerializer.Deserialize<MemberId>(json).ShouldBe(new MemberId(value));
        JsonSerializer.Deserialize<AccountId>(json).ShouldBe(AccountId.Of(new MemberId(value)));
        new AccountId(value).ToString().ShouldBe(value.ToString());
    }

    [Fact]
    public void derives_the_id_that_rfc_9562_gives_for_a_name() =>
        NamedGuid.From(Dns, "www.example.com").ShouldBe(Guid.Parse("2ed6657d-e927-568b-95e1-2665a8aea6a2"));

    [Fact]
    public void derives_another_id_for_another_name_or_space()
    {
        NamedGuid.From(Dns, "a").ShouldBe(NamedGuid.From(Dns, "a"));
        NamedGuid.From(Dns, "a").ShouldNotBe(NamedGuid.From(Dns, "b"));
        NamedGuid.From(Dns, "a").ShouldNotBe(NamedGuid.From(Guid.Empty, "a"));
    }
}
