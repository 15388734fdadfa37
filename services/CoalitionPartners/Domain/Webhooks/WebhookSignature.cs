using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Loyalty.CoalitionPartners.Domain.Webhooks;

/// <summary>Signs what is sent, as Standard Webhooks has it: HMAC-SHA256 over id, time and body.</summary>
internal static class WebhookSignature
{
    public const int SecretLength = 32;
    private const string Prefix = "whsec_";

    /// <summary>The secret as its owner sees it.</summary>
    public static string Shown(byte[] secret) => Prefix + Convert.ToBase64String(secret);

    /// <summary>The header's value: a signature for each secret, the newest first.</summary>
    /// <param name="id">Of the event; the same however often it is sent.</param>
    /// <param name="sentAt">When it is sent; receivers refuse what is old.</param>
    public static string Of(IEnumerable<byte[]> secrets, string id, DateTimeOffset sentAt, string body)
    {
        var content = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{sentAt.ToUnixTimeSeconds()}.{body}"));
        return string.Join(' ', secrets.Select(secret => "v1," + Convert.ToBase64String(HMACSHA256.HashData(secret, content))));
    }
}
