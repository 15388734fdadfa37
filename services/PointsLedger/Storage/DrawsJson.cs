using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Storage;

/// <summary>
/// Draws in a fact. The lots of one purchase are drawn one after another and differ in little more than their numbers, so a draw whose origin
/// is that of the draw before says <c>AsBefore</c> and not all of it again. Facts of old say everything.
/// </summary>
internal sealed class DrawsJson : JsonConverter<ImmutableArray<Draw>>
{
    public override ImmutableArray<Draw> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException("draws are a list");
        var draws = ImmutableArray.CreateBuilder<Draw>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var written = JsonSerializer.Deserialize<WrittenDraw>(ref reader, options) ?? throw new JsonException("a draw is null");
            if (written.From.AsBefore && draws.Count == 0) throw new JsonException("the first draw has none before it");
            draws.Add(new(written.From.AsBefore ? written.From.After(draws[^1].From) : written.From.Whole(), written.Points));
        }

        return draws.DrainToImmutable();
    }

    public override void Write(Utf8JsonWriter writer, ImmutableArray<Draw> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (var i = 0; i < value.Length; i++)
        {
            if (i > 0 && IsAsBefore(value[i].From, value[i - 1].From)) WriteAsBefore(writer, value[i]);
            else JsonSerializer.Serialize(writer, value[i], options);
        }

        writer.WriteEndArray();
    }

    private static void WriteAsBefore(Utf8JsonWriter writer, Draw draw)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(nameof(Draw.From));
        writer.WriteNumber(nameof(Provenance.Lot), draw.From.Lot);
        writer.WriteNumber(nameof(Provenance.Accrued), draw.From.Accrued.Value);
        if (draw.From.Offer is { } offer) writer.WriteString(nameof(Provenance.Offer), offer);
        writer.WriteBoolean(nameof(WrittenOrigin.AsBefore), true);
        writer.WriteEndObject();
        writer.WriteNumber(nameof(Draw.Points), draw.Points.Value);
        writer.WriteEndObject();
    }

    private static bool IsAsBefore(Provenance a, Provenance b) =>
        a.Purchase == b.Purchase && a.Issuer == b.Issuer && a.AgreementVersion == b.AgreementVersion && a.ExpiresAt == b.ExpiresAt && a.ActivatesAt == b.ActivatesAt &&
        a.SlidesBy == b.SlidesBy && a.AccruedAt == b.AccruedAt;
}

/// <summary>A draw as it is stored.</summary>
internal sealed record WrittenDraw(WrittenOrigin From, Points Points);

/// <summary>The members of <see cref="Provenance"/>, of which <see cref="AsBefore"/> leaves out all that the draw before has too.</summary>
internal sealed record WrittenOrigin(int Lot, Points Accrued)
{
    public bool AsBefore { get; init; }

    public PartnerId? Issuer { get; init; }

    public TransactionId? Purchase { get; init; }

    public int AgreementVersion { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? ActivatesAt { get; init; }

    public int SlidesBy { get; init; }

    public string? Offer { get; init; }

    public DateTimeOffset? AccruedAt { get; init; }

    public Provenance After(Provenance before) => before with { Lot = Lot, Accrued = Accrued, Offer = Offer };

    public Provenance Whole() => new(
        Lot, Issuer ?? throw new JsonException("a draw has no issuer"), Purchase ?? throw new JsonException("a draw has no purchase"), AgreementVersion, Accrued, ExpiresAt)
    {
        ActivatesAt = ActivatesAt,
        SlidesBy = SlidesBy,
        Offer = Offer,
        AccruedAt = AccruedAt,
    };
}
