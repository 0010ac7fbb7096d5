// The app of the tests. Compiled by `mcs -target:library -optimize+ -resource:appsettings.json,BlueMarket.Shop.appsettings.json
// -resource:texts.resources,BlueMarket.Shop.texts.resources -out:shop.dll shop.cs` (Mono 6.8; texts.resources see README.md).
using System;
using System.Collections.Generic;
using System.Reflection;
using System.Threading.Tasks;

[assembly: AssemblyVersion("2.1.0.0")]
[assembly: AssemblyInformationalVersion("2.1.3+4f2a91")]
[assembly: AssemblyMetadata("TelemetryEndpoint", "https://telemetry.bluemarket-shop.com/v1")]
[assembly: AssemblyMetadata("RepositoryUrl", "https://git.bluemarket-shop.com/shop")]
[assembly: AssemblyCopyright("see https://www.bluemarket-shop.com/imprint")]

namespace BlueMarket.Http
{
    public class GetAttribute : Attribute
    {
        public GetAttribute(string path, int version, params string[] aliases) {}
        public string Host { get; set; }
        public Type Reply { get; set; }
    }
}

namespace BlueMarket.Shop
{
    using BlueMarket.Http;

    public interface IOrders
    {
        [Get("/api/orders/{id}", 2, "/v0/order/{id}", Reply = typeof(string), Host = "orders.bluemarket-shop.com")]
        string Order(int id);
    }

    public static class Settings
    {
        public const string ApiKey = "bm-live-0123456789abcdef";
        public static readonly string Password = "tomatoes";
        public static string BaseUrl { get; set; } = "https://api.bluemarket-shop.com/v2/";
        public static readonly byte[] Notice = {
            (byte)'m', (byte)'q', (byte)'t', (byte)'t', (byte)':', (byte)'/', (byte)'/', (byte)'b', (byte)'.', (byte)'e',
            (byte)'x', (byte)'a', (byte)'m', (byte)'p', (byte)'l', (byte)'e', 0 };
    }

    public class Api<T>
    {
        public class Session
        {
            public string Open() { return "wss://live.bluemarket-shop.com/socket"; }
        }

        public async Task<string> LoginAsync(string user)
        {
            await Task.Delay(1);
            return "https://login.bluemarket-shop.com/\u00fcber?u=" + user;
        }

        public Func<string> Later() { return () => "https://later.bluemarket-shop.com/x"; }

        public string Pick(int which)
        {
            switch (which)
            {
                case 0: return "https://zero.bluemarket-shop.com/";
                case 1: return "https://one.bluemarket-shop.com/";
                case 2: return "https://shared.bluemarket-shop.com/";
                case 3: return "just a sentence";
                default: return which > 70000 ? "short" : "\u4f60\u597d https://cn.bluemarket-shop.com/";
            }
        }

        public string Again() { return "https://shared.bluemarket-shop.com/"; }
    }
}
