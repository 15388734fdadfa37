using Loyalty.Customers.Domain;

namespace Loyalty.Customers.Tests.Domain;

public sealed class FillingTheQuestionnaire
{
    private static readonly DateOnly Today = new(2024, 2, 29);

    [Theory]
    [InlineData("Ann")]
    [InlineData("Ø")]
    [InlineData("María José O'Neill-Łukasz")]
    [InlineData("' OR 1=1--")]
    [InlineData("<img onerror=alert(1)>")]
    public void a_name_is_whatever_people_are_called(string name) => Questionnaire.IsName(name).ShouldBeTrue();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("Ann\u0000")]
    [InlineData("Ann\nBell")]
    [InlineData("Ann\u0085")]
    public void a_name_is_not_blank_and_has_no_control_characters(string? name) => Questionnaire.IsName(name).ShouldBeFalse();

    [Fact]
    public void a_name_has_at_most_a_hundred_characters()
    {
        Questionnaire.IsName(new string('a', 100)).ShouldBeTrue();
        Questionnaire.IsName(new string('a', 101)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("ann@example.com")]
    [InlineData("ann.b+loyalty@mail.example.co.uk")]
    [InlineData("änn@bücher.example")]
    public void a_plausible_email_passes(string email) => Questionnaire.IsEmail(email).ShouldBeTrue();

    [Theory]
    [InlineData("")]
    [InlineData("ann")]
    [InlineData("ann@example")]
    [InlineData("ann@@example.com")]
    [InlineData("ann@example..com")]
    [InlineData("ann@-example.com")]
    [InlineData("an n@example.com")]
    [InlineData("ann@example.com\n")]
    [InlineData("ann\u0000@example.com")]
    [InlineData("Ann <ann@example.com>")]
    public void an_implausible_email_does_not(string email) => Questionnaire.IsEmail(email).ShouldBeFalse();

    [Theory]
    [InlineData("+442071838750", true)]
    [InlineData("+14155552671", true)]
    [InlineData("442071838750", false)]
    [InlineData("+0442071838", false)]
    [InlineData("+44 20 7183 8750", false)]
    [InlineData("+1234567890123456", false)]
    [InlineData("+٤٤٢٠٧١٨٣٨٧٥٠", false)]
    public void a_phone_number_is_written_as_e_164(string phone, bool passes) => Questionnaire.IsPhone(phone).ShouldBe(passes);

    [Theory]
    [InlineData("2024-02-29", true)]
    [InlineData("2024-03-01", false)]
    [InlineData("1894-02-28", true)]
    [InlineData("1894-02-27", false)]
    public void a_birthday_is_one_of_somebody_alive(string birthday, bool passes) =>
        Questionnaire.IsBirthday(DateOnly.Parse(birthday), Today).ShouldBe(passes);

    [Theory]
    [InlineData("wine", true)]
    [InlineData("a", true)]
    [InlineData("-2024-", true)]
    [InlineData("1234567890123456789012345678901234567890", true)]
    [InlineData("12345678901234567890123456789012345678901", false)]
    [InlineData("", false)]
    [InlineData("Wine", false)]
    [InlineData("red wine", false)]
    [InlineData("wine\n", false)]
    [InlineData("wíne", false)]
    [InlineData("wine_1", false)]
    [InlineData("٤", false)]
    public void a_segment_is_named_in_small_letters_digits_and_dashes(string segment, bool passes) =>
        Questionnaire.IsSegment(segment).ShouldBe(passes);

    [Fact]
    public void a_profile_never_prints_itself() =>
        new Profile("Ann", "Bell", "ann@example.com", Phone: null, Birthday: null).ToString().ShouldNotContain("Ann");
}
