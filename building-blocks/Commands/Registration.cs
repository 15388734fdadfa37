using System.Reflection;
using FluentValidation;
using Loyalty.EventStore;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Loyalty.Commands;

/// <summary>Registers commands.</summary>
public static class Registration
{
    // The order in which a command passes through; a handler comes after the last.
    private static readonly Type[] Behaviours = [typeof(Tracing<,>), typeof(Validation<,>), typeof(ExactlyOnce<,>)];

    /// <summary>
    /// Registers every command handler and every validator of an assembly, the behaviours around the handlers, MediatR, and the
    /// <see cref="Session"/> of the scope. Send commands through <see cref="IMediator"/>.
    /// </summary>
    public static IServiceCollection AddCommands(this IServiceCollection services, Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OutcomeRecords>();
        services.TryAddSingleton<HotStreams>();
        services.TryAddScoped<CurrentOrigin>();
        services.TryAddScoped(p => p.GetRequiredService<DocumentStore>().OpenSession(p.GetRequiredService<CurrentOrigin>().Origin));
        services.TryAddScoped<ServiceFactory>(p => type => p.GetService(type)!);
        services.TryAddScoped<IMediator, Mediator>();
        foreach (var type in assembly.GetTypes().Where(t => t is { IsAbstract: false, IsInterface: false, ContainsGenericParameters: false }))
        {
            foreach (var contract in type.GetInterfaces().Where(i => i.IsGenericType))
                Register(services, type, contract);
        }
        return services;
    }

    private static void Register(IServiceCollection services, Type type, Type contract)
    {
        var definition = contract.GetGenericTypeDefinition();
        if (definition == typeof(IValidator<>))
        {
            // A validator compiles its rules when it is made, which takes longer than most commands.
            services.AddSingleton(contract, type);
        }
        else if (definition == typeof(IRequestHandler<,>) && contract.GenericTypeArguments is [var command, { IsGenericType: true } outcome]
            && outcome.GetGenericTypeDefinition() == typeof(Outcome<>))
        {
            if (services.Any(s => s.ServiceType == contract))
                throw new InvalidOperationException($"{command} has two handlers; {type} is the second.");
            services.AddTransient(contract, type);
            foreach (var behaviour in Behaviours)
            {
                services.AddTransient(
                    typeof(IPipelineBehavior<,>).MakeGenericType(command, outcome),
                    behaviour.MakeGenericType(command, outcome.GenericTypeArguments[0]));
            }
        }
    }
}
