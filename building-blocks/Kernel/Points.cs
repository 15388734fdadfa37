using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Loyalty.Kernel;

/// <summary>A whole number of points. Arithmetic is checked: an overflow is an exception, never a wrapped balance.</summary>
/// <param name="Value">How many points; negative only where a difference is meant.</param>
[JsonConverter(typeof(PointsJson))]
public readonly record struct Points(long Value) : IComparable<Points>
{
    /// <summary>No points.</summary>
    public static readonly Points Zero = new(0);

    /// <summary>Sum; throws <see cref="OverflowException"/> beyond 2^63-1.</summary>
    public static Points operator +(Points a, Points b) => new(checked(a.Value + b.Value));

    /// <summary>Difference; throws <see cref="OverflowException"/> below -2^63.</summary>
    public static Points operator -(Points a, Points b) => new(checked(a.Value - b.Value));

    /// <summary>The same number of points with the opposite sign.</summary>
    public static Points operator -(Points a) => new(checked(-a.Value));

    /// <summary>How many points it is about, whatever their sign.</summary>
    public Points Size() => Value < 0 ? -this : this;

    /// <summary>Whether <paramref name="a"/> is less.</summary>
    public static bool operator <(Points a, Points b) => a.Value < b.Value;

    /// <summary>Whether <paramref name="a"/> is more.</summary>
    public static bool operator >(Points a, Points b) => a.Value > b.Value;

    /// <summary>Whether <paramref name="a"/> is at most <paramref name="b"/>.</summary>
    public static bool operator <=(Points a, Points b) => a.Value <= b.Value;

    /// <summary>Whether <paramref name="a"/> is at least <paramref name="b"/>.</summary>
    public static bool operator >=(Points a, Points b) => a.Value >= b.Value;

    /// <summary>The smaller of the two.</summary>
    public static Points Min(Points a, Points b) => a <= b ? a : b;

    /// <summary>The larger of the two.</summary>
    public static Points Max(Points a, Points b) => a >= b ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Points other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>Writes points as a plain number.</summary>
    public sealed class PointsJson : JsonConverter<Points>
    {
        /// <inheritdoc/>
        public override Points Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetInt64());

        /// <inheritdoc/>
        public override void Write(Utf8JsonWriter writer, Points value, JsonSerializerOptions options) => writer.WriteNumberValue(value.Value);
    }
}

/// <summary>Adds up points.</summary>
public static class PointsSum
{
    /// <summary>The checked sum of the points that <paramref name="of"/> reads from each item.</summary>
    public static Points Sum<T>(this IEnumerable<T> items, Func<T, Points> of) =>
        items.Aggregate(Points.Zero, (sum, item) => sum + of(item));
}
