using System.Text.Json;
using System.Text.Json.Serialization;
using Loyalty.Kernel;

namespace Loyalty.ServiceDefaults;

/// <summary>Money in answers: <c>{"amount": 12.34, "currency": "EUR"}</c>. Requests carry amount and currency as members of their own.</summary>
internal sealed class MoneyJson : JsonConverter<Money>
{
    public override Money Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException("money is written by the server only");

    public override void Write(Utf8JsonWriter writer, Money value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteNumber("amount", value.Amount);
        writer.WriteString("currency", value.Currency.Code);
        writer.WriteEndObject();
    }
}
