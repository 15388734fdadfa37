using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Kernel;

/// <summary>An id that is stored and sent as its plain GUID, yet can't be taken for another kind of id.</summary>
public interface IGuidId<TSelf> where TSelf : struct, IGuidId<TSelf>
{
    /// <summary>The plain value.</summary>
    Guid Value { get; }

    /// <summary>Wraps a plain value.</summary>
    static abstract TSelf From(Guid value);
}

/// <summary>A partner of the coalition.</summary>
[JsonConverter(typeof(GuidIdJson<PartnerId>))]
public readonly record struct PartnerId(Guid Value) : IGuidId<PartnerId>
{
    /// <inheritdoc/>
    public static PartnerId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>A member of the programme. No personal data hangs on it outside the Customers service.</summary>
[JsonConverter(typeof(GuidIdJson<MemberId>))]
public readonly record struct MemberId(Guid Value) : IGuidId<MemberId>
{
    /// <inheritdoc/>
    public static MemberId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>A member's points account; its value is the id of the account's event stream.</summary>
[JsonConverter(typeof(GuidIdJson<AccountId>))]
public readonly record struct AccountId(Guid Value) : IGuidId<AccountId>
{
    /// <inheritdoc/>
    public static AccountId From(Guid value) => new(value);

    /// <summary>The account of a member: one each, named after the member, so it is known before it is opened.</summary>
    public static AccountId Of(MemberId member) => new(member.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>A card, whatever number is printed on it.</summary>
[JsonConverter(typeof(GuidIdJson<CardId>))]
public readonly record struct CardId(Guid Value) : IGuidId<CardId>
{
    /// <inheritdoc/>
    public static CardId From(Guid value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}

/// <summary>
/// The id a partner gives to a transaction of its own; unique within that partner, for ever.
/// One to 64 characters of <c>A-Z a-z 0-9 . _ : -</c>, compared byte by byte.
/// </summary>
[JsonConverter(typeof(TransactionIdJson))]
public readonly record struct TransactionId
{
    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:-");

    private TransactionId(string value) => Value = value;

    /// <summary>The id as the partner wrote it.</summary>
    public string Value { get; }

    /// <summary>Whether the text may serve as a transaction id.</summary>
    public static bool IsValid(string? text) => text is { Length: >= 1 and <= 64 } && !text.AsSpan().ContainsAnyExcept(Allowed);

    /// <summary>The id of a text known to be right; throws <see cref="FormatException"/> otherwise.</summary>
    public static TransactionId From(string text) =>
        IsValid(text) ? new(text) : throw new FormatException("A transaction id is 1 to 64 characters of A-Z a-z 0-9 . _ : -");

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Writes an id as its plain text.</summary>
    public sealed class TransactionIdJson : JsonConverter<TransactionId>
    {
        /// <inheritdoc/>
        public override TransactionId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            var text = reader.GetString();
            return IsValid(text) ? new TransactionId(text!) : throw new JsonException("not a transaction id");
        }

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, TransactionId value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}

/// <summary>Writes an id as its plain GUID.</summary>
public sealed class GuidIdJson<TId> : JsonConverter<TId> where TId : struct, IGuidId<TId>
{
    /// <inheritdoc/>
    public override TId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => TId.From(reader.GetGuid());

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TId value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(value.Value);
    }
}
