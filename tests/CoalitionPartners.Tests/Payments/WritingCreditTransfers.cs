using Loyalty.CoalitionPartners.Domain.Clearing;
using Loyalty.CoalitionPartners.Domain.Payments;
using Loyalty.CoalitionPartners.Payments;
using Loyalty.Kernel;
using static Loyalty.CoalitionPartners.Tests.Domain.Given;

namespace Loyalty.CoalitionPartners.Tests.Payments;

/// <summary>
/// The expectations were written by hand from the message's definition (pain.001.001.09: names, order and what must be there); there is no
/// schema here to check them against.
/// </summary>
public sealed class WritingCreditTransfers
{
    private static readonly CycleId March = CycleId.Of(Cadence.Monthly, new(2026, 3, 1));
    private static readonly BankAccount Coalition = new("DE89370400440532013000", "COBADEFF", "Coalition");

    [Fact]
    public void writes_each_element_where_the_message_has_it() => CreditTransferInitiation.Of(
        Instructed(
            new("2026-03.EUR.1", Grocery, Euro, PaymentDirection.Pay, 123_405, new("AT611904300234573201", null, "Smith & Söhne <1>")),
            new("2026-03.EUR.2", Grocery, Euro, PaymentDirection.Pay, 5, new("BE68539007547034", "GKCCBEBB", "Other")),
            new("2026-03.EUR.3", Grocery, Euro, PaymentDirection.Collect, 700, Coalition)),
        Euro).ShouldBe(
        $"""
        <?xml version="1.0" encoding="utf-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">
          <CstmrCdtTrfInitn>
            <GrpHdr>
              <MsgId>{PaymentOrder.IdOf(March, Euro, "message")}</MsgId>
              <CreDtTm>2026-03-14T12:00:00Z</CreDtTm>
              <NbOfTxs>2</NbOfTxs>
              <CtrlSum>1234.10</CtrlSum>
              <InitgPty>
                <Nm>Coalition</Nm>
              </InitgPty>
            </GrpHdr>
            <PmtInf>
              <PmtInfId>{PaymentOrder.IdOf(March, Euro, "payments")}</PmtInfId>
              <PmtMtd>TRF</PmtMtd>
              <NbOfTxs>2</NbOfTxs>
              <CtrlSum>1234.10</CtrlSum>
              <ReqdExctnDt>
                <Dt>2026-04-01</Dt>
              </ReqdExctnDt>
              <Dbtr>
                <Nm>Coalition</Nm>
              </Dbtr>
              <DbtrAcct>
                <Id>
                  <IBAN>DE89370400440532013000</IBAN>
                </Id>
              </DbtrAcct>
              <DbtrAgt>
                <FinInstnId>
                  <BICFI>COBADEFF</BICFI>
                </FinInstnId>
              </DbtrAgt>
              <ChrgBr>SLEV</ChrgBr>
              <CdtTrfTxInf>
                <PmtId>
                  <EndToEndId>2026-03.EUR.1</EndToEndId>
                </PmtId>
                <Amt>
                  <InstdAmt Ccy="EUR">1234.05</InstdAmt>
                </Amt>
                <Cdtr>
                  <Nm>Smith &amp; Söhne &lt;1&gt;</Nm>
                </Cdtr>
                <CdtrAcct>
                  <Id>
                    <IBAN>AT611904300234573201</IBAN>
                  </Id>
                </CdtrAcct>
                <RmtInf>
                  <Ustrd>Clearing cycle 2026-03, 2026-03.EUR.1</Ustrd>
                </RmtInf>
              </CdtTrfTxInf>
              <CdtTrfTxInf>
                <PmtId>
                  <EndToEndId>2026-03.EUR.2</EndToEndId>
                </PmtId>
                <Amt>
                  <InstdAmt Ccy="EUR">0.05</InstdAmt>
                </Amt>
                <CdtrAgt>
                  <FinInstnId>
                    <BICFI>GKCCBEBB</BICFI>
                  </FinInstnId>
                </CdtrAgt>
                <Cdtr>
                  <Nm>Other</Nm>
                </Cdtr>
                <CdtrAcct>
                  <Id>
                    <IBAN>BE68539007547034</IBAN>
                  </Id>
                </CdtrAcct>
                <RmtInf>
                  <Ustrd>Clearing cycle 2026-03, 2026-03.EUR.2</Ustrd>
                </RmtInf>
              </CdtTrfTxInf>
            </PmtInf>
          </CstmrCdtTrfInitn>
        </Document>
        """);

    [Theory]
    [InlineData("JPY", 1234, "1234", "1234"), InlineData("KWD", 1234, "1.234", "1.234")]
    public void writes_amounts_with_the_decimals_of_their_currency(string code, long minor, string amount, string sum)
    {
        var currency = Currency.From(code);
        var message = CreditTransferInitiation.Of(Instructed(new PaymentInstruction($"2026-03.{code}.1", Grocery, currency, PaymentDirection.Pay, minor, Coalition)), currency).ShouldNotBeNull();
        message.ShouldContain($"<InstdAmt Ccy=\"{code}\">{amount}</InstdAmt>");
        message.ShouldContain($"<CtrlSum>{sum}</CtrlSum>");
        message.ShouldContain("<ChrgBr>SHAR</ChrgBr>");
    }

    [Fact]
    public void writes_none_where_nothing_is_paid() =>
        CreditTransferInitiation.Of(Instructed(new PaymentInstruction("2026-03.EUR.3", Grocery, Euro, PaymentDirection.Collect, 700, Coalition)), Euro).ShouldBeNull();

    private static PaymentsInstructed Instructed(params PaymentInstruction[] instructions) =>
        new(new(March, new(2026, 4, 1), Coalition, instructions), "anna", "bert", Noon);
}
