using System.Globalization;
using Loyalty.CoalitionPartners.Domain;
using Loyalty.Kernel;
using Loyalty.ServiceDefaults;

namespace Loyalty.CoalitionPartners.Liability;

/// <summary>Whose figures somebody asks for and may see: a partner its own, and operators everybody's.</summary>
/// <param name="Only">Null for everybody's.</param>
/// <param name="Nobodys">Whether it is another's that the partner asks for, which looks as if there were none.</param>
internal sealed record AskedIssuers(PartnerId? Only, bool Nobodys)
{
    public static AskedIssuers Of(HttpContext http, Guid? issuer)
    {
        var (own, asked) = (http.Caller().Partner, issuer is { } id ? new PartnerId(id) : (PartnerId?)null);
        return new(own ?? asked, own is not null && asked is not null && own != asked);
    }

    public bool Has(PartnerId issuer) => !Nobodys && (Only is null || Only == issuer);
}

/// <summary>Months as they are asked for.</summary>
internal static class AskedMonths
{
    /// <exception cref="ProblemException">It is no month.</exception>
    public static Month OrThisOne(string? text, string member, DateTimeOffset now) => text is null ? Month.Of(now)
        : Month.TryParse(text, out var month) && month <= Month.Of(now) ? month
        : throw new ProblemException($"'{member}' is a month that has begun, such as 2017-06.");

    /// <summary>The month of which a day is the last; null where no day is given.</summary>
    /// <exception cref="ProblemException">It is no last day of a month.</exception>
    public static Month? EndingAt(string? text, string member)
    {
        if (text is null)
            return null;
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            && day < DateOnly.MaxValue && day.AddDays(1).Day == 1
            ? Month.Of(day)
            : throw new ProblemException($"'{member}' is the last day of a month, such as 2017-06-30: books are kept by the month.");
    }
}
