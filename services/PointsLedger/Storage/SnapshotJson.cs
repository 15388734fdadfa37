using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// A lot in an account's snapshot, as one text: <c>number/issuer/purchase/agreement/accrued/expiry/remaining/reserved</c>. Snapshots are
/// written with every posting, and PostgreSQL spends more on taking JSON apart than on storing it. Facts are not written like this.
/// </summary>
internal sealed class LotJson : JsonConverter<Lot>
{
    private const int Longest = 320;
    private const string Never = "-";

    public override Lot Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var parts = reader.GetString()!.Split('/');
        if (parts.Length != 8) throw new JsonException("not a lot");
        return new Lot(
            new Provenance(
                Number<int>(parts[0]), new PartnerId(Guid.Parse(parts[1])), TransactionId.From(parts[2]), Number<int>(parts[3]), new Points(Number<long>(parts[4])),
                parts[5] == Never ? null : new DateTimeOffset(DateTime.Parse(parts[5], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind))),
            new Points(Number<long>(parts[6])), new Points(Number<long>(parts[7])));
    }

    public override void Write(Utf8JsonWriter writer, Lot value, JsonSerializerOptions options)
    {
        var from = value.From;
        var expiry = from.ExpiresAt?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? Never;
        Span<byte> text = stackalloc byte[Longest];
        if (!Utf8.TryWrite(text, CultureInfo.InvariantCulture,
            $"{from.Lot}/{from.Issuer.Value}/{from.Purchase.Value}/{from.AgreementVersion}/{from.Accrued.Value}/{expiry}/{value.Remaining.Value}/{value.Reserved.Value}",
            out var length))
        {
            throw new JsonException("A lot is longer than a lot can be.");
        }

        writer.WriteStringValue(text[..length]);
    }

    private static T Number<T>(string text) where T : ISpanParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>A card in an account's snapshot, as one text: <c>id/version</c>, and <c>/blocked</c> when it is.</summary>
internal sealed class CardJson : JsonConverter<Card>
{
    private const string Blocked = "blocked";

    public override Card Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var parts = reader.GetString()!.Split('/');
        if (parts.Length is not (2 or 3)) throw new JsonException("not a card");
        return new Card(new CardId(Guid.Parse(parts[0])), parts is [_, _, Blocked], long.Parse(parts[1], CultureInfo.InvariantCulture));
    }

    public override void Write(Utf8JsonWriter writer, Card value, JsonSerializerOptions options) =>
        writer.WriteStringValue(string.Create(CultureInfo.InvariantCulture, $"{value.Id.Value}/{value.Version}{(value.Blocked ? "/" + Blocked : "")}"));
}
