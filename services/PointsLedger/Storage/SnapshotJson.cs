using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// A lot in an account's snapshot, as one text: <c>number/issuer/purchase/agreement/accrued/expiry/remaining/reserved</c>, and where it
/// has any of them <c>/activation/pending/slides/offer/accrual</c>. Snapshots are written with many postings, and PostgreSQL spends more on taking JSON apart than on storing it. Facts are not written like this.
/// </summary>
internal sealed class LotJson : JsonConverter<Lot>
{
    private const int Longest = 450;

    private static ReadOnlySpan<byte> Never => "-"u8;

    public override Lot Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Span<byte> text = stackalloc byte[Longest];
        var rest = (ReadOnlySpan<byte>)text[..reader.CopyString(text)];
        var origin = new Provenance(
            Number<int>(ref rest), new PartnerId(Number<Guid>(ref rest)), TransactionId.From(Encoding.ASCII.GetString(Part(ref rest))), Number<int>(ref rest),
            new Points(Number<long>(ref rest)), Time(Part(ref rest)));
        var lot = new Lot(origin, new Points(Number<long>(ref rest)), new Points(Number<long>(ref rest)));
        if (rest.IsEmpty) return lot;
        var activation = Time(Part(ref rest));
        var pending = Number<int>(ref rest) == 1;
        var slides = Number<int>(ref rest);
        var offer = Part(ref rest);
        origin = origin with { ActivatesAt = activation, SlidesBy = slides, Offer = offer.IsEmpty ? null : Encoding.ASCII.GetString(offer), AccruedAt = rest.IsEmpty ? null : Time(rest) };
        return lot with { Pending = pending, From = origin };
    }

    public override void Write(Utf8JsonWriter writer, Lot value, JsonSerializerOptions options)
    {
        var from = value.From;
        Span<byte> text = stackalloc byte[Longest];
        if (!Utf8.TryWrite(text, CultureInfo.InvariantCulture,
            $"{from.Lot}/{from.Issuer.Value}/{from.Purchase.Value}/{from.AgreementVersion}/{from.Accrued.Value}/{Text(from.ExpiresAt)}/{value.Remaining.Value}/{value.Reserved.Value}{More(value)}",
            out var length))
        {
            throw new JsonException("A lot is longer than a lot can be.");
        }

        writer.WriteStringValue(text[..length]);
    }

    private static T Number<T>(ref ReadOnlySpan<byte> rest) where T : IUtf8SpanParsable<T> => T.Parse(Part(ref rest), CultureInfo.InvariantCulture);

    private static string More(Lot lot) => lot is { Pending: false, From: { ActivatesAt: null, SlidesBy: 0, Offer: null, AccruedAt: null } }
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $"/{Text(lot.From.ActivatesAt)}/{(lot.Pending ? 1 : 0)}/{lot.From.SlidesBy}/{lot.From.Offer}/{Text(lot.From.AccruedAt)}");

    private static string Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "-";

    private static DateTimeOffset? Time(ReadOnlySpan<byte> text) => text.SequenceEqual(Never)
        ? null
        : Utf8Parser.TryParse(text, out DateTime expiry, out _, 'O') ? new DateTimeOffset(expiry) : throw new JsonException("not a time");

    private static ReadOnlySpan<byte> Part(ref ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOf((byte)'/');
        var part = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(end + 1)..];
        return part;
    }
}

/// <summary>A card in an account's snapshot, as one text: <c>id/version</c>, and <c>/blocked</c> when it is; of one that came by a merge also the account it came from.</summary>
internal sealed class CardJson : JsonConverter<Card>
{
    private const string Blocked = "blocked";

    public override Card Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var parts = reader.GetString()!.Split('/');
        if (parts.Length is < 2 or > 4) throw new JsonException("not a card");
        return new Card(new CardId(Guid.Parse(parts[0])), parts is [_, _, Blocked, ..], long.Parse(parts[1], CultureInfo.InvariantCulture))
        {
            Of = parts is [_, _, _, var of] ? AccountId.From(Guid.Parse(of)) : null,
        };
    }

    public override void Write(Utf8JsonWriter writer, Card value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.Id.Value}/{value.Version}{More(value)}"));

    private static string More(Card card) => (card.Blocked, card.Of) switch
    {
        (true, { } of) => $"/{Blocked}/{of}",
        (false, { } of) => $"//{of}",
        (true, null) => $"/{Blocked}",
        _ => "",
    };
}
