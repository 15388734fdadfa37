global using Loyalty.Testing;
global using Shouldly;
global using Xunit;

[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(RabbitServer))]

// One coalition serves all journeys, and some of them break it for a while.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
