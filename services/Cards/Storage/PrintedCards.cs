using Loyalty.Cards.Domain;
using Loyalty.Kernel;
using Npgsql;

namespace Loyalty.Cards.Storage;

/// <summary>Which card a printed number or barcode belongs to, and which member a card belongs to.</summary>
internal sealed class PrintedCards(NpgsqlDataSource database)
{
    public async Task<CardId?> Find(string numberOrBarcode, CancellationToken ct)
    {
        await using var query = database.CreateCommand("select card_id from cards where number = $1 union all select card_id from cards where barcode = $1");
        query.Parameters.Add(new() { Value = numberOrBarcode });
        return await query.ExecuteScalarAsync(ct) is Guid id ? new CardId(id) : null;
    }

    /// <summary>A member's cards. Inside the transaction, since whoever links one more must be seen or must see us.</summary>
    public static async Task<IReadOnlyList<CardId>> OfMember(MemberId member, NpgsqlTransaction transaction, CancellationToken ct)
    {
        await using var query = new NpgsqlCommand("select card_id from cards where member_id = $1 order by card_id", transaction.Connection, transaction);
        query.Parameters.Add(new() { Value = member.Value });
        var cards = new List<CardId>();
        await using var row = await query.ExecuteReaderAsync(ct);
        while (await row.ReadAsync(ct))
            cards.Add(new(row.GetGuid(0)));
        return cards;
    }

    public static NpgsqlBatchCommand Add(IReadOnlyList<(CardId Id, CardNumber Number, Barcode Barcode)> cards) =>
        new("insert into cards (card_id, number, barcode) select * from unnest($1::uuid[], $2::text[], $3::text[])")
        {
            Parameters =
            {
                new() { Value = cards.Select(c => c.Id.Value).ToArray() },
                new() { Value = cards.Select(c => c.Number.Digits).ToArray() },
                new() { Value = cards.Select(c => c.Barcode.Digits).ToArray() },
            },
        };

    public static NpgsqlBatchCommand Link(CardId card, MemberId member) => new("select link_card($1, $2)")
    {
        Parameters = { new() { Value = card.Value }, new() { Value = member.Value } },
    };
}
