using Loyalty.Cards.Domain;
using Npgsql;

namespace Loyalty.Cards.Storage;

/// <summary>The runs of numbers: one per card product, named by its code, and one for all barcodes.</summary>
internal sealed class NumberRuns(NpgsqlDataSource database)
{
    public const string Barcodes = "barcodes";

    /// <summary>Named so that no product's code meets the name of the barcodes' run.</summary>
    public static string OfProduct(string code) => "product:" + code;

    /// <summary>
    /// Takes the next numbers of a run, without their check digits; null when it has not that many left. They are taken at once and
    /// for good, as from a sequence, so that nobody waits for somebody else's cards: those of a request that fails are never used.
    /// </summary>
    public async Task<IReadOnlyList<string>?> Take(string name, int count, CancellationToken ct)
    {
        await using var update = database.CreateCommand(
            """
            update number_runs set given_out = given_out + $2 where name = $1 and given_out + $2 <= ('1' || repeat('0', body_digits))::bigint
            returning prefix, body_digits, scatter_key, given_out - $2
            """);
        update.Parameters.Add(new() { Value = name });
        update.Parameters.Add(new() { Value = (long)count });
        await using var row = await update.ExecuteReaderAsync(ct);
        if (!await row.ReadAsync(ct))
            return null;
        var run = new NumberRun(row.GetString(0), row.GetInt32(1), row.GetFieldValue<byte[]>(2));
        var first = row.GetInt64(3);
        return [.. Enumerable.Range(0, count).Select(i => run.At(first + i))];
    }

    /// <summary>Whether some of these numbers belong to a run already.</summary>
    public async Task<bool> Overlaps(string prefix, int bodyDigits, CancellationToken ct)
    {
        await using var query = database.CreateCommand("select exists (select from number_runs where span && number_span($1, $2))");
        query.Parameters.Add(new() { Value = prefix });
        query.Parameters.Add(new() { Value = bodyDigits });
        return (bool)(await query.ExecuteScalarAsync(ct))!;
    }

    public static NpgsqlBatchCommand Open(string name, string prefix, int bodyDigits) => new("select open_number_run($1, $2, $3)")
    {
        Parameters = { new() { Value = name }, new() { Value = prefix }, new() { Value = bodyDigits } },
    };
}
