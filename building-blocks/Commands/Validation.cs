using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using MediatR;

namespace Loyalty.Commands;

/// <summary>Second behaviour: a command that breaks its validators' rules goes no further.</summary>
internal sealed class Validation<TCommand, TAnswer>(IEnumerable<IValidator<TCommand>> validators) : IPipelineBehavior<TCommand, Outcome<TAnswer>>
    where TCommand : ICommand<TAnswer>
{
    public Task<Outcome<TAnswer>> Handle(TCommand request, CancellationToken cancellationToken, RequestHandlerDelegate<Outcome<TAnswer>> next)
    {
        var faults = validators.FaultsOf(request);
        return faults.Count == 0 ? next() : Task.FromResult<Outcome<TAnswer>>(new Outcome<TAnswer>.Invalid(faults));
    }
}

/// <summary>Reads FluentValidation's results as faults.</summary>
public static class ValidationFaults
{
    /// <summary>What breaks any of the rules; none when the input is valid.</summary>
    public static IReadOnlyList<Fault> FaultsOf<T>(this IEnumerable<IValidator<T>> rules, T input) => [.. rules.SelectMany(r => r.Validate(input).ToFaults())];

    /// <summary>The broken rules; none when the input is valid.</summary>
    public static IReadOnlyList<Fault> ToFaults(this ValidationResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        return [.. result.Errors.Select(e => new Fault(
            AsWritten(e.PropertyName), e.ErrorMessage, string.Equals(e.ErrorCode, Fault.MalformedCode, StringComparison.Ordinal)))];
    }

    private static string AsWritten(string property) => string.Join('.', property.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName));
}
