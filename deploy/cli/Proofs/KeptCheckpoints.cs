using System.Globalization;
using System.Text.Json;
using Loyalty.Cli.Api;

namespace Loyalty.Cli.Proofs;

/// <summary>Checkpoints that a partner has kept from earlier, wherever in the folder of its evidence they lie.</summary>
internal static class KeptCheckpoints
{
    /// <summary>
    /// Puts the newest one beside the proofs and each other one, and answers the sizes of these. Two of one size that differ are both put
    /// there: that is what they were kept for.
    /// </summary>
    public static async Task<IReadOnlyList<long>> PutBeside(byte[] newest, long size, string kept, string folder, CancellationToken ct)
    {
        await Put(newest, size, folder, ct);
        var (taken, sizes) = (new List<byte[]> { newest }, new List<long>());
        foreach (var file in Directory.GetFiles(kept, "checkpoint-*.json", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var content = await File.ReadAllBytesAsync(file, ct);
            if (taken.Any(t => t.AsSpan().SequenceEqual(content))) continue;
            taken.Add(content);
            sizes.Add(SizeOf(file, content));
            if (sizes[^1] > size)
                throw new StoppedException(FormattableString.Invariant($"{file} covers {sizes[^1]} events, but the newest checkpoint now shown only {size}: the log has been cut short. Keep that file: it is evidence."));
            await Put(content, sizes[^1], folder, ct);
        }

        return sizes;
    }

    private static async Task Put(byte[] content, long size, string folder, CancellationToken ct)
    {
        for (var copy = 1; ; copy++)
        {
            var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"checkpoint-{size}{(copy == 1 ? "" : $"-{copy}")}.json"));
            if (!File.Exists(path))
            {
                await File.WriteAllBytesAsync(path, content, ct);
                return;
            }

            if ((await File.ReadAllBytesAsync(path, ct)).AsSpan().SequenceEqual(content)) return;
        }
    }

    private static long SizeOf(string file, byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<Sized>(content, Reply.Json)?.Size is { } size and > 0 ? size : throw new JsonException("it names no size");
        }
        catch (JsonException e)
        {
            throw new StoppedException($"{file} is no checkpoint: {e.Message} Move it out of the way, or restore it from where you keep copies.", e);
        }
    }

    private sealed record Sized(long? Size);
}
