using Loyalty.Commands;
using Loyalty.EventStore;
using Loyalty.Kernel;
using Loyalty.PointsLedger.Domain;

namespace Loyalty.PointsLedger.Storage;

/// <summary>Accounts within one unit of work: fetched, decided on, and appended to together with the row that finds the transaction again.</summary>
internal sealed class AccountSession(Session session)
{
    public Task<EventStream<Account>> Fetch(AccountId account, CancellationToken ct) => session.FetchForWriting<Account>(account.Value, ct);

    /// <summary>Takes what the account decided for a partner's transaction into the unit of work.</summary>
    /// <param name="original">The transaction that this one refers to.</param>
    /// <param name="answer">The answer, from the account as it stands afterwards and the new facts.</param>
    public Outcome<TAnswer> Post<TAnswer>(
        EventStream<Account> account, Decision<IAccountFact> decision, Transaction transaction, string kind, TransactionId? original,
        Func<EventStream<Account>, IReadOnlyList<IAccountFact>, TAnswer> answer)
    {
        if (decision is not Decision<IAccountFact>.Accepted { Events: var facts })
            return ((Decision<IAccountFact>.Refused)decision).Refusal;
        var after = session.Append(account, facts);
        session.Enlist(TransactionRows.Insert(new(transaction.Partner, transaction.Id, kind, account.State.Id, account.Version + 1, original)));
        return answer(after, facts);
    }

    /// <summary>Keeps a row for a transaction that changes no account yet.</summary>
    public void Keep(TransactionRow row) => session.Enlist(TransactionRows.Insert(row));
}
