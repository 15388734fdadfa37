namespace Loyalty.Kernel;

/// <summary>An exact amount of money: whole minor units (cents) of one currency. Arithmetic is checked.</summary>
/// <param name="Minor">Minor units of <paramref name="Currency"/>: 1234 is 12.34 EUR, or 1234 JPY.</param>
/// <param name="Currency">The ISO 4217 currency.</param>
public readonly record struct Money(long Minor, Currency Currency)
{
    /// <summary>The amount in units of the currency, with all its decimals: 12.34 for 1234 cents.</summary>
    public decimal Amount => new decimal(Minor) / Currency.MinorPerUnit;

    /// <summary>Nothing, in the given currency.</summary>
    public static Money Zero(Currency currency) => new(0, currency);

    /// <summary>
    /// Rounds an exact amount in units to minor units, halves to the even neighbour (the banker's rounding of IEEE 754),
    /// so that many roundings lean to neither side.
    /// </summary>
    public static Money Rounded(decimal amount, Currency currency) =>
        new(checked((long)decimal.Round(amount * currency.MinorPerUnit, 0, MidpointRounding.ToEven)), currency);

    /// <summary>Sum of two amounts of one currency; throws when the currencies differ or on overflow.</summary>
    public static Money operator +(Money a, Money b) => new(checked(a.Minor + Same(a, b).Minor), a.Currency);

    /// <summary>Difference of two amounts of one currency; throws when the currencies differ or on overflow.</summary>
    public static Money operator -(Money a, Money b) => new(checked(a.Minor - Same(a, b).Minor), a.Currency);

    /// <summary>The same amount with the opposite sign.</summary>
    public static Money operator -(Money a) => a with { Minor = checked(-a.Minor) };

    /// <inheritdoc/>
    public override string ToString() => FormattableString.Invariant($"{Amount} {Currency}");

    private static Money Same(Money a, Money b) =>
        a.Currency == b.Currency ? b : throw new InvalidOperationException($"{a} and {b} are of different currencies.");
}
