global using Shouldly;
global using Xunit;

using Loyalty.Testing;

// One server of each kind for all tests here; it starts with the first test that asks it for something.
[assembly: AssemblyFixture(typeof(PostgresServer))]
[assembly: AssemblyFixture(typeof(RabbitServer))]
