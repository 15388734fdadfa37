using System.Globalization;
using System.Text;
using System.Xml;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.Kernel;

namespace Loyalty.CoalitionPartners.Payments;

/// <summary>
/// What the coalition pays in one currency, as a bank takes it: CustomerCreditTransferInitiation, pain.001.001.09 of ISO 20022. The same
/// order makes the same message, so that a bank that knows a message's number takes it once.
/// </summary>
internal static class CreditTransferInitiation
{
    private const string Namespace = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09";

    /// <summary>The message; null where nothing is paid in this currency.</summary>
    public static string? Of(PaymentsInstructed instructed, Currency currency)
    {
        var order = instructed.Order;
        var transfers = order.Instructions.Where(i => i.Direction == PaymentDirection.Pay && i.Currency == currency).ToList();
        if (transfers.Count == 0 || order.Coalition is not { } debtor)
            return null;
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(new Utf8Writer(text), new() { Indent = true, NewLineChars = "\n" }))
        {
            xml.WriteStartElement("Document", Namespace);
            xml.WriteStartElement("CstmrCdtTrfInitn");
            GroupHeader(xml, instructed, currency, debtor, transfers);
            PaymentInformation(xml, order, currency, debtor, transfers);
        }

        return text.ToString();
    }

    private static void GroupHeader(XmlWriter xml, PaymentsInstructed instructed, Currency currency, BankAccount debtor, List<PaymentInstruction> transfers)
    {
        xml.WriteStartElement("GrpHdr");
        xml.WriteElementString("MsgId", PaymentOrder.IdOf(instructed.Order.Cycle, currency, "message"));
        xml.WriteElementString("CreDtTm", instructed.InstructedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        Totals(xml, currency, transfers);
        Named(xml, "InitgPty", debtor.Holder);
        xml.WriteEndElement();
    }

    private static void PaymentInformation(XmlWriter xml, PaymentOrder order, Currency currency, BankAccount debtor, List<PaymentInstruction> transfers)
    {
        xml.WriteStartElement("PmtInf");
        xml.WriteElementString("PmtInfId", PaymentOrder.IdOf(order.Cycle, currency, "payments"));
        xml.WriteElementString("PmtMtd", "TRF");
        Totals(xml, currency, transfers);
        Nested(xml, order.ValueDate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "ReqdExctnDt", "Dt");
        Named(xml, "Dbtr", debtor.Holder);
        Nested(xml, debtor.Iban, "DbtrAcct", "Id", "IBAN");
        Agent(xml, "DbtrAgt", debtor.Bic);
        // In euro each side bears its own bank's charges; elsewhere that is what both banks share.
        xml.WriteElementString("ChrgBr", currency.Code == "EUR" ? "SLEV" : "SHAR");
        foreach (var transfer in transfers)
            Transfer(xml, order, transfer);
        xml.WriteEndElement();
    }

    private static void Transfer(XmlWriter xml, PaymentOrder order, PaymentInstruction transfer)
    {
        xml.WriteStartElement("CdtTrfTxInf");
        Nested(xml, transfer.EndToEndId, "PmtId", "EndToEndId");
        xml.WriteStartElement("Amt");
        xml.WriteStartElement("InstdAmt");
        xml.WriteAttributeString("Ccy", transfer.Currency.Code);
        xml.WriteString(PaymentsCsv.Written(new(transfer.Amount, transfer.Currency)));
        xml.WriteEndElement();
        xml.WriteEndElement();
        if (transfer.Account.Bic is { } bic)
            Agent(xml, "CdtrAgt", bic);
        Named(xml, "Cdtr", transfer.Account.Holder);
        Nested(xml, transfer.Account.Iban, "CdtrAcct", "Id", "IBAN");
        Nested(xml, $"Clearing cycle {order.Cycle}, {transfer.EndToEndId}", "RmtInf", "Ustrd");
        xml.WriteEndElement();
    }

    private static void Totals(XmlWriter xml, Currency currency, List<PaymentInstruction> transfers)
    {
        xml.WriteElementString("NbOfTxs", transfers.Count.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("CtrlSum", PaymentsCsv.Written(new(transfers.Sum(t => t.Amount), currency)));
    }

    // The schema wants a bank for the debtor also where the IBAN alone finds it.
    private static void Agent(XmlWriter xml, string element, string? bic)
    {
        if (bic is not null)
            Nested(xml, bic, element, "FinInstnId", "BICFI");
        else
            Nested(xml, "NOTPROVIDED", element, "FinInstnId", "Othr", "Id");
    }

    private static void Named(XmlWriter xml, string element, string name) => Nested(xml, name, element, "Nm");

    private static void Nested(XmlWriter xml, string text, params ReadOnlySpan<string> elements)
    {
        foreach (var element in elements)
            xml.WriteStartElement(element);
        xml.WriteString(text);
        foreach (var _ in elements)
            xml.WriteEndElement();
    }

    // The declaration names the encoding in which the message is sent.
    private sealed class Utf8Writer(StringBuilder text) : StringWriter(text, CultureInfo.InvariantCulture)
    {
        public override Encoding Encoding => Encoding.UTF8;
    }
}
